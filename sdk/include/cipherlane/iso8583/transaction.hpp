#pragma once

#include <cipherlane/core/result.hpp>
#include <cipherlane/iso8583/field_set.hpp>
#include <cipherlane/iso8583/message.hpp>
#include <cipherlane/iso8583/message_view.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace cipherlane::iso8583 {

/// Field 60.3 of an upload of a chip record whose card took the approval though the issuer's proof (ARPC) had failed;
/// of any other one it stands in its row.
inline constexpr std::string_view upload_arpc_failed = "204";
inline constexpr std::string_view upload_arpc_failed_unbalanced = "206";

/// The transactions of `cup-pos`.
enum class transaction : std::uint8_t {
    sign_in,
    sign_off,
    echo,
    master_key_download,
    balance,
    sale,
    sale_void,
    refund,
    offline_refund,
    qr_sale,
    qr_void,
    qr_refund,
    pre_auth,
    pre_auth_void,
    completion,
    completion_void,
    completion_advice,
    instalment_sale,
    instalment_void,
    offline_upload,
    offline_settlement,
    adjustment,
    tip,
    reversal,
    script_notice,
    batch_settle,
    upload_mag,
    upload_ic,
    upload_refund,
    upload_end,
    download,     ///< a page of a list, its query or its end: 60.3 says which
    rate_enquiry, ///< what the cardholder would pay in the card's own currency (DCC); moves no money
};

/// What becomes of an unknown outcome.
enum class on_silence : std::uint8_t {
    nothing,
    reverse, ///< it must be undone by a reversal
    repeat,  ///< the terminal has done it already: the same goes out again until there is an answer
};
/// Whether the request carries a MAC.
enum class sealing : std::uint8_t { none, mac };

/// One row: what makes a request of this kind.
///
/// An empty text means "none" or, for a reversal and a notice, "as in the original".
struct transaction_row {
    transaction what;
    std::string_view name;
    std::string_view mti;                ///< of the request
    std::string_view field3;             ///< processing code
    std::string_view field25;            ///< condition code
    std::string_view type;               ///< 60.1
    std::string_view network;            ///< 60.3; for sign-in the profile may say another
    std::string_view network_unbalanced; ///< 60.3 of an upload after totals that did not balance
    std::string_view entry;              ///< how field 22 begins; empty: any
    on_silence silence;
    sealing seal;
    field_set required; ///< fields without which the request is refused; 64 among them where it is sealed
    field_set optional; ///< fields that may be there
};

/// All rows, in the order of the enumeration.
[[nodiscard]] std::span<const transaction_row> transactions() noexcept;
[[nodiscard]] const transaction_row& row_of(transaction what) noexcept;

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
/// and 42. A field that the answer leaves out is not compared, except 11, 41 and 42 where the request has them.
/// Call it after the MAC has been checked, or only to find the exchange that a message belongs to.
[[nodiscard]] bool answers(const message_view& answer, const message& request);

} // namespace cipherlane::iso8583
