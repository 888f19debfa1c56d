#pragma once

#include <cstdint>

namespace cipherlane::ports {

/// What an order may be paid from, as its merchant has agreed with the payer or with the law.
enum class order_funds : std::uint8_t {
    any,
    no_credit, ///< neither a credit card nor a loan of the wallet's
};

} // namespace cipherlane::ports
