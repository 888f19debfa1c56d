#pragma once

#include "lane_core.hpp"

#include <cipherlane/acquiring/balance.hpp>
#include <cipherlane/acquiring/decision.hpp>
#include <cipherlane/acquiring/payment.hpp>
#include <cipherlane/acquiring/qr_sale.hpp>
#include <cipherlane/acquiring/recovery.hpp>
#include <cipherlane/acquiring/refund.hpp>
#include <cipherlane/acquiring/sale.hpp>
#include <cipherlane/acquiring/settlement.hpp>
#include <cipherlane/acquiring/sign_in.hpp>
#include <cipherlane/acquiring/void_payment.hpp>

#include <vector>

namespace cipherlane::acquiring {

/// The flows as they run on the lane's thread; one source file each.
[[nodiscard]] result<sign_in_report> perform(lane_core& on, const sign_in_request& request, const call& bounds);
[[nodiscard]] result<payment> perform(lane_core& on, const sale_request& request, const call& bounds);
[[nodiscard]] result<payment> perform(lane_core& on, const void_request& request, const call& bounds);
[[nodiscard]] result<payment> perform(lane_core& on, const refund_request& request, const call& bounds);
[[nodiscard]] result<payment> perform(lane_core& on, const qr_sale_request& request, const call& bounds);
[[nodiscard]] result<balance_report> perform(lane_core& on, const balance_request& request, const call& bounds);
[[nodiscard]] result<settlement_report> perform(lane_core& on, const settlement_request& request, const call& bounds);
[[nodiscard]] result<payment> perform(lane_core& on, const decision_request& request, const call& bounds);
[[nodiscard]] result<std::vector<payment>> perform(
    lane_core& on, const recovery_request& request, const call& bounds);

} // namespace cipherlane::acquiring
