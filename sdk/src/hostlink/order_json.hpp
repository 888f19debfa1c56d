#pragma once

#include <cipherlane/ports/qr_gateway.hpp>

#include <string>
#include <string_view>

namespace cipherlane::hostlink {

/// The gateway's JSON (docs/gateway-api.md) as values of the port.

[[nodiscard]] std::string write_order(
    const ports::qr_order_request& request, std::string_view merchant_id, std::string_view notify_url);
[[nodiscard]] std::string write_refund(const ports::qr_refund_request& request);

/// @return `hostlink_errc::unreadable_answer` with the member's name.
[[nodiscard]] result<ports::qr_order> read_order(std::string_view json);
[[nodiscard]] result<ports::qr_order_status> read_status(std::string_view json);
/// The order of a notification of the event "paid".
[[nodiscard]] result<ports::qr_order_status> read_notice(std::string_view json);
/// "code" of an error's body, empty if there is none.
[[nodiscard]] std::string read_error_code(std::string_view json);

} // namespace cipherlane::hostlink
