#pragma once

#include <cstdint>

namespace cipherlane::ledger {

/// What a person has found out about a payment, from the acquirer, the gateway or the payer.
enum class finding : std::uint8_t {
    paid,    ///< the money moved: of a refund, it was given back
    not_paid ///< it did not, and will not any more
};

} // namespace cipherlane::ledger
