#pragma once

#include <cipherlane/core/bytes.hpp>

namespace cipherlane::hsm {

// Without branches and in bytes, so that the compiler makes vectors of them.

[[nodiscard]] inline bool only_digits(byte_view text) noexcept {
    std::uint8_t bad = 0;
    for (auto c : text)
        bad = static_cast<std::uint8_t>(bad | (static_cast<std::uint8_t>(c - '0') > 9));
    return bad == 0;
}

[[nodiscard]] inline bool only_hex(byte_view text) noexcept {
    std::uint8_t bad = 0;
    for (auto c : text) {
        const bool digit = static_cast<std::uint8_t>(c - '0') <= 9;
        const bool letter = static_cast<std::uint8_t>((c | 0x20) - 'a') <= 5;
        bad = static_cast<std::uint8_t>(bad | !(digit | letter));
    }
    return bad == 0;
}

[[nodiscard]] inline bool only_printable(byte_view text) noexcept {
    std::uint8_t bad = 0;
    for (auto c : text)
        bad = static_cast<std::uint8_t>(bad | (static_cast<std::uint8_t>(c - 0x20) > 0x5E));
    return bad == 0;
}

} // namespace cipherlane::hsm
