// The simulator's side of the wire: bytes of a client that may be anything. The first byte chooses the dialect.
#include "hsm-sim/wire/answerer.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <string>

namespace {

using namespace cipherlane::hsm_sim;

struct simulated {
    explicit simulated(const char* profile)
        : device(*settings_of(profile), lmk_set::test())
        , wire(answerer::create(device)) {}
    unit device;
    std::unique_ptr<answerer> wire;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const std::array<std::unique_ptr<simulated>, 6> units{std::make_unique<simulated>("payshield"),
        std::make_unique<simulated>("payshield-kb"), std::make_unique<simulated>("sjj1310"),
        std::make_unique<simulated>("sjl06"), std::make_unique<simulated>("sjl05"),
        std::make_unique<simulated>("sjj1312")};
    if (size == 0) return 0;
    answerer& wire = *units[data[0] % units.size()]->wire;
    std::string_view stream(reinterpret_cast<const char*>(data) + 1, size - 1);
    std::string out;
    while (!stream.empty()) {
        const auto done = wire.next(stream, out);
        if (done.consumed > stream.size() || done.end > out.size()) __builtin_trap();
        if (done.consumed == 0 || done.hang_up) break;
        stream.remove_prefix(done.consumed);
    }
    return 0;
}
