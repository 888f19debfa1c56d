#pragma once

#include <cipherlane/core/zero_padded.hpp>

#include <cstdint>
#include <string>

namespace cipherlane::ledger {

/// Trace (field 11) and batch numbers (60.2) have six digits: after the last one comes 1.
inline constexpr std::uint32_t last_number = 999'999;

[[nodiscard]] constexpr std::uint32_t successor(std::uint32_t number) noexcept {
    return number >= last_number ? 1 : number + 1;
}
/// The one of two numbers that was taken later, where the other is less than half a round behind it.
[[nodiscard]] constexpr std::uint32_t later(std::uint32_t a, std::uint32_t b) noexcept {
    const auto ahead = (a + last_number - b) % last_number;
    return ahead <= last_number / 2 ? a : b;
}
static_assert(later(7, 5) == 7 && later(5, 7) == 7 && later(2, 999'998) == 2 && later(3, 3) == 3 && later(0, 4) == 4);
static_assert(successor(0) == 1 && successor(999'998) == 999'999 && successor(999'999) == 1);

/// As a trace or batch number stands in messages, on paper and in lists.
[[nodiscard]] inline std::string six_digits(std::uint32_t number) {
    return zero_padded(number, 6);
}

} // namespace cipherlane::ledger
