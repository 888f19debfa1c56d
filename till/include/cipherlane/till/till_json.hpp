#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace cipherlane {

class error;
enum class log_level : std::uint8_t;
struct preflight_step;
struct shift_report;
struct till_status;

namespace acquiring {
enum class service : std::uint8_t;
struct alert;
struct balance_report;
struct payment;
struct service_report;
struct settlement_report;
struct sign_in_report;
struct stage_event;
struct timeline_entry;
} // namespace acquiring
namespace ports {
struct batch_totals;
struct order_notice;
} // namespace ports

/// What a till answers and what it tells while it works, as programs get it from every door: the `cipherlane` tool,
/// the service over HTTP, and the interfaces of C, Java and Python. One line of JSON: UTF-8, with U+FFFD for bytes of
/// a peer that are none; amounts in minor units, cards masked, times in China's civil time. Members keep their names;
/// new ones may come.
///
/// Throws `std::bad_alloc` alone.
[[nodiscard]] std::string json_line(const acquiring::payment& what);
[[nodiscard]] std::string json_line(const acquiring::settlement_report& what);
/// With its slip as text.
[[nodiscard]] std::string json_line(const acquiring::settlement_report& what, std::string_view slip);
[[nodiscard]] std::string json_line(const acquiring::balance_report& what);
[[nodiscard]] std::string json_line(const acquiring::sign_in_report& what);
[[nodiscard]] std::string json_line(acquiring::service asked, const acquiring::service_report& what);
[[nodiscard]] std::string json_line(const ports::batch_totals& what);
[[nodiscard]] std::string json_line(const till_status& what);
/// What was paid in minor units of its currency; `reference` is the gateway's number of the payment.
[[nodiscard]] std::string json_line(const ports::order_notice& what);
[[nodiscard]] std::string json_line(const shift_report& what);
/// Its condition, code and category, and of its context what there is.
[[nodiscard]] std::string json_line(const error& why);
/// With its error, where there is one.
[[nodiscard]] std::string json_line(const preflight_step& what);
/// Of an event: `when_ms` counts from 1970.
[[nodiscard]] std::string json_line(const acquiring::timeline_entry& what);
[[nodiscard]] std::string json_line(const acquiring::alert& what);
/// `terminal`: empty where it is not known.
[[nodiscard]] std::string json_line(const acquiring::stage_event& what, std::string_view terminal);
/// A line of a log.
[[nodiscard]] std::string json_line(log_level level, std::string_view component, std::string_view line);

} // namespace cipherlane
