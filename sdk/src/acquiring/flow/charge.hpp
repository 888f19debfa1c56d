#pragma once

#include "lane/lane_core.hpp"

#include <cipherlane/acquiring/payer_code.hpp>
#include <cipherlane/acquiring/payment.hpp>
#include <cipherlane/acquiring/trade.hpp>
#include <cipherlane/ports/qr_gateway.hpp>

#include <optional>

namespace cipherlane::acquiring {

/// @return `code_too_old` for a code that was scanned longer ago than the settings let it be.
[[nodiscard]] result<void> check_fresh(const lane_core& on, const payer_code& code);

/// Charges the payer whose code was scanned, once, for a record's order, and says which device it comes from. While
/// the payer confirms, or where the gateway has not answered, it is asked what became of it; who does not confirm in
/// time, is stopped, or stays unknown is undone at the gateway, and what that says then decides. A code is never sent
/// a second time.
[[nodiscard]] result<payment> charge(lane_core& on, ports::qr_gateway& gateway, const trade_request& what,
    const std::optional<ports::charge_serial>& serial, ports::journal_record& record, const call& bounds);

} // namespace cipherlane::acquiring
