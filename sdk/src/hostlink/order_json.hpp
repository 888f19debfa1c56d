#pragma once

#include <cipherlane/ports/qr_gateway.hpp>

#include <string>
#include <string_view>

namespace cipherlane::hostlink {

/// The gateway's JSON (docs/14-gateway-api.md) as values of the port.

[[nodiscard]] std::string write_order(
    const ports::qr_order_request& request, std::string_view merchant_id, std::string_view notify_url);
/// Has the payment code in it: who takes it wipes it.
[[nodiscard]] std::string write_charge(
    const ports::qr_charge_request& request, std::string_view merchant_id, std::string_view notify_url);
[[nodiscard]] std::string write_refund(const ports::qr_refund_request& request);
[[nodiscard]] std::string write_reversal(std::string_view merchant_id);

/// An order for another sum, or in another currency, than was asked is none.
/// @return `hostlink_errc::unreadable_answer` with the member's name.
[[nodiscard]] result<ports::qr_order> read_order(std::string_view json, const amount& asked);
[[nodiscard]] result<ports::qr_order_status> read_status(std::string_view json);
/// The order of a notification of the event "paid".
[[nodiscard]] result<ports::qr_order_status> read_notice(std::string_view json);
/// "refund_number" of a refund's answer.
[[nodiscard]] result<std::string> read_refund_number(std::string_view json);

/// The body of an error; members that are not there are empty.
struct error_body {
    std::string code;
    std::string order_number;
    std::string refund_number;
};
[[nodiscard]] error_body read_error(std::string_view json);

} // namespace cipherlane::hostlink
