#pragma once

#include <cstdint>

namespace cipherlane::ledger {

/// Trace (field 11) and batch numbers (60.2) have six digits: after the last one comes 1.
inline constexpr std::uint32_t last_number = 999'999;

[[nodiscard]] constexpr std::uint32_t successor(std::uint32_t number) noexcept {
    return number >= last_number ? 1 : number + 1;
}
static_assert(successor(0) == 1 && successor(999'998) == 999'999 && successor(999'999) == 1);

} // namespace cipherlane::ledger
