// Profiles come from integrators: any text loads or is refused.
#include <cipherlane/hsm/profile.hpp>

#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    (void)cipherlane::hsm::profile::parse({reinterpret_cast<const char*>(data), size});
    return 0;
}
