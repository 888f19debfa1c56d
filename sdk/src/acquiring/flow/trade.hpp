#pragma once

#include "lane/lane_core.hpp"

#include <cipherlane/acquiring/payment.hpp>
#include <cipherlane/acquiring/trade.hpp>

namespace cipherlane::acquiring {

/// Runs a trade of any row of the ledger's table, through the host, the gateway or a payment terminal.
///
/// The order of things is the same for all: request checked, key looked up (what has been done is told again, and
/// decided if it can be), what an earlier trade left over settled, original checked, card read and PIN taken where
/// the row needs them, record durable, request sent, verdict durable, card told, caller told. An error means that
/// nothing left and nothing is pending.
[[nodiscard]] result<payment> run_trade(lane_core& on, const trade_request& wish, const call& bounds);

} // namespace cipherlane::acquiring
