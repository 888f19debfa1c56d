#pragma once

#include "lane/lane_core.hpp"

#include <cipherlane/acquiring/payment.hpp>
#include <cipherlane/acquiring/qr_sale.hpp>
#include <cipherlane/acquiring/refund.hpp>
#include <cipherlane/acquiring/sale.hpp>
#include <cipherlane/acquiring/trade.hpp>
#include <cipherlane/acquiring/void_payment.hpp>

namespace cipherlane::acquiring {

/// What is particular to each way to pay and to undo: which row of the table it is.
[[nodiscard]] result<payment> perform(lane_core& on, const sale_request& request, const call& bounds);
[[nodiscard]] result<payment> perform(lane_core& on, const qr_sale_request& request, const call& bounds);
[[nodiscard]] result<payment> perform(lane_core& on, const void_request& request, const call& bounds);
[[nodiscard]] result<payment> perform(lane_core& on, const refund_request& request, const call& bounds);
[[nodiscard]] result<payment> perform(lane_core& on, const trade_request& request, const call& bounds);

} // namespace cipherlane::acquiring
