#pragma once

#include <cstdint>

namespace cipherlane::ledger {

/// On which side of a batch the money of a trade stands.
enum class money_side : std::uint8_t { none, debit, credit };

} // namespace cipherlane::ledger
