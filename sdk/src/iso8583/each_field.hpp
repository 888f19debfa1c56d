#pragma once

#include <cipherlane/iso8583/field_set.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>

namespace cipherlane::iso8583 {

/// Calls `take(number)` for each field in ascending order until it says false. A set's iterator has its bitmaps in
/// memory; here the one that is walked stays in a register.
/// @return whether none said false
template <class Take>
[[nodiscard]] bool each_field(const field_set& of, const Take& take) {
    constexpr std::uint64_t top = std::uint64_t{1} << 63U;
    for (std::size_t word = 0; word < max_bitmaps; ++word) {
        for (auto bits = of.bitmap(word); bits != 0;) {
            const auto lead = static_cast<unsigned>(std::countl_zero(bits));
            bits &= ~(top >> lead);
            if (!take(static_cast<int>(word * 64 + lead + 1))) return false;
        }
    }
    return true;
}

} // namespace cipherlane::iso8583
