#pragma once

#include <string_view>

namespace cipherlane {

/// A character of ASCII that has a shape, or a blank.
[[nodiscard]] constexpr bool is_printable_ascii(char c) noexcept {
    return static_cast<unsigned char>(c - ' ') <= '~' - ' ';
}
/// True for no text, too.
[[nodiscard]] constexpr bool all_printable_ascii(std::string_view text) noexcept {
    for (const char c : text) {
        if (!is_printable_ascii(c)) return false;
    }
    return true;
}

} // namespace cipherlane
