#pragma once

#include <cipherlane/core/result.hpp>
#include <cipherlane/iso8583/message.hpp>
#include <cipherlane/iso8583/message_view.hpp>
#include <cipherlane/iso8583/transaction_table.hpp>

#include <optional>
#include <string_view>

namespace cipherlane::iso8583 {

/// Field 60.3 of an upload of a chip record whose card took the approval though the issuer's proof (ARPC) had failed;
/// of any other one it stands in its row.
inline constexpr std::string_view upload_arpc_failed = "204";
inline constexpr std::string_view upload_arpc_failed_unbalanced = "206";

/// The message type of the answer to `mti`: "0200" gives "0210".
/// `mti` must have four digits; its third is even in requests.
[[nodiscard]] fixed_text<4> answer_mti(std::string_view mti) noexcept;

/// Sets message type and fields 3 and 25 as the row says; 60 is the caller's (see `field60`), with `type` and
/// `network` from the row.
void prepare(message& what, const transaction_row& row);

/// @return `iso8583_errc::missing_field` with the first required field that is absent, `unknown_field` with the
/// first one that neither list has.
[[nodiscard]] result<void> check_fields(const message& what, const transaction_row& row);
[[nodiscard]] result<void> check_fields(const message_view& what, const transaction_row& row);

/// What a request is, by message type and fields 3, 22, 25 and 60; nothing if no row fits. For hosts.
[[nodiscard]] std::optional<transaction> identify(const message_view& request);

/// True if `answer` belongs to `request`: message type, fields 3, 4 (unless 39 is 10, a partial approval), 11, 41
/// and 42, and the batch (60.2), but for network management. A field that the answer leaves out is not compared,
/// except 11, 41 and 42 where the request has them. Call it after the MAC has been checked, or only to find the
/// exchange that a message belongs to.
[[nodiscard]] bool answers(const message_view& answer, const message& request);

} // namespace cipherlane::iso8583
