#pragma once

#include "lane/lane_core.hpp"

#include <cipherlane/acquiring/payment.hpp>
#include <cipherlane/acquiring/trade.hpp>

namespace cipherlane::acquiring {

/// Has the gateway issue a code for a record's order, shows it and waits until it is paid, or must go: then it is
/// closed at the gateway, and what that says decides. Before a code ends another one takes its place, as the settings
/// let it: once the gateway has said that the one before it can no longer be paid, and was not. The code leaves the
/// display in every case.
[[nodiscard]] result<payment> collect(lane_core& on, ports::display& display, ports::qr_gateway& gateway,
    const trade_request& what, ports::journal_record& record, const call& bounds);

} // namespace cipherlane::acquiring
