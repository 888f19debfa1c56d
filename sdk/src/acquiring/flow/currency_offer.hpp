#pragma once

#include "card/card_entry.hpp"

#include <cipherlane/ports/conversion.hpp>

namespace cipherlane::acquiring {

/// Asks the host for a rate and then the cardholder for a choice, where the settings offer one and there is somebody
/// to ask with. Nothing of it moves money, and nothing of it keeps a payment from being made: a host that says no, or
/// nothing, and a cardholder who does not choose leave it in the terminal's currency.
/// @return `cashier_cancelled`, `cardholder_cancelled`; what the journal says.
[[nodiscard]] result<ports::conversion> offer_currency(
    lane_core& on, const card_entry& entry, const amount& total, const call& bounds);

} // namespace cipherlane::acquiring
