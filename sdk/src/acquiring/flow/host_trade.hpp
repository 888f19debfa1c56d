#pragma once

#include "card/card_entry.hpp"
#include "host/exchange.hpp"
#include "lane/lane_core.hpp"

#include <cipherlane/acquiring/payment.hpp>
#include <cipherlane/acquiring/sale.hpp>

#include <optional>

namespace cipherlane::acquiring {

/// The verdict of an exchange, durable before anybody is told; what is in doubt is reversed, now or later.
/// An error means that nothing left and nothing is pending.
[[nodiscard]] result<payment> conclude(lane_core& on, ports::journal_record& record, const exchange_end& end,
    partial_approval partial, const call& bounds);

/// Tells the card how its trade ended. A chip card that declines what the host has approved turns the approval into a
/// reversal, now or later. Without a record nothing was sent.
[[nodiscard]] result<payment> finish_with_card(lane_core& on, std::optional<ports::journal_record>& record,
    result<payment> end, const exchange_end& answer, ports::entry_mode how, const call& bounds);

} // namespace cipherlane::acquiring
