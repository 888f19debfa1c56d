#pragma once

#include <cipherlane/acquiring/balance.hpp>
#include <cipherlane/acquiring/host_service.hpp>
#include <cipherlane/acquiring/payment.hpp>
#include <cipherlane/acquiring/settlement.hpp>
#include <cipherlane/acquiring/sign_in.hpp>
#include <cipherlane/ports/order_notice.hpp>
#include <cipherlane/till/shift_report.hpp>
#include <cipherlane/till/till_status.hpp>

#include <nlohmann/json_fwd.hpp>

#include <chrono>
#include <string>

namespace cipherlane::cli {

/// What a till answers, in the words of `json_line` (cipherlane/till/till_json.hpp), for answers that have more in
/// them.
[[nodiscard]] nlohmann::ordered_json to_json(const acquiring::payment& what);
[[nodiscard]] nlohmann::ordered_json to_json(const ports::batch_totals& what);
[[nodiscard]] nlohmann::ordered_json to_json(const acquiring::settlement_report& what);
[[nodiscard]] nlohmann::ordered_json to_json(const acquiring::balance_report& what);
[[nodiscard]] nlohmann::ordered_json to_json(const acquiring::sign_in_report& what);
[[nodiscard]] nlohmann::ordered_json to_json(acquiring::service asked, const acquiring::service_report& what);
[[nodiscard]] nlohmann::ordered_json to_json(const till_status& what);
[[nodiscard]] nlohmann::ordered_json to_json(const ports::order_notice& what);
[[nodiscard]] nlohmann::ordered_json to_json(const shift_report& what);
/// In China's civil time.
[[nodiscard]] std::string civil_stamp(std::chrono::system_clock::time_point when);

} // namespace cipherlane::cli
