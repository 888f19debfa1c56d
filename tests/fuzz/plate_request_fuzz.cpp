#include "display/plate/plate_desk.hpp"

#include <cipherlane/core/bytes.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>

// Whatever calls a code plate's server: only a plate of the list, at a path of its own, gets a code.

using namespace cipherlane;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::string_view known = "862000000000001";
    constexpr std::string_view code = "HTTPS://QR.95516.COM/1";
    drivers::code_plate_profile profile;
    profile.plates = {std::string(known)};
    profile.asks_within = std::chrono::milliseconds(0);
    drivers::plate_desk desk(profile);
    drivers::plate_desk::content content;
    content.code = code;
    static_cast<void>(desk.give(content, call(std::chrono::milliseconds(0)))); // nobody has asked yet
    const auto all = as_text(byte_view(data, size));
    const auto end = all.find('\n');
    const auto path = all.substr(0, end);
    const auto body = end == std::string_view::npos ? std::string_view() : all.substr(end + 1);
    const auto said = desk.serve(path, body);
    const bool of_the_list = body.find(known) != std::string_view::npos || body.find('\\') != std::string_view::npos;
    if (said.status == 200 && !(of_the_list && path.starts_with(profile.base))) std::abort();
    if (said.body.find(code) != std::string::npos) std::abort(); // it was taken back, as no plate has fetched it
    return 0;
}
