#include "cipherlane/hsm_tap_opening.hpp"

#include <array>
#include <string_view>

namespace cipherlane::cli {

tap_opening judge_opening(byte_view start) noexcept {
    using namespace std::string_view_literals;
    static constexpr std::array methods{"GET "sv, "POST "sv, "PUT "sv, "HEAD "sv, "OPTIONS "sv, "DELETE "sv,
        "PATCH "sv, "CONNECT "sv, "TRACE "sv, "PRI "sv};
    const auto text = as_text(start);
    auto found = tap_opening::message;
    for (const auto method : methods) {
        if (text.starts_with(method)) return tap_opening::http;
        if (method.starts_with(text)) found = tap_opening::undecided;
    }
    return found;
}

} // namespace cipherlane::cli
