#pragma once

#include <cipherlane/iso8583/field_set.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace cipherlane::iso8583 {

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

/// THE table of messages: a row for each `transaction`, in the order of its numbers. Enumerator and row stand in one
/// file: a new message is both.
inline constexpr auto transaction_table = [] {
    using enum transaction;
    constexpr auto set = [](auto... numbers) { return field_set::of(numbers...); };
    constexpr auto plus = [](field_set base, field_set more) { return base.with(more); };
    constexpr auto ident = set(41, 42, 60);
    /// What every request about money has; 64 is the MAC.
    constexpr auto payment = plus(ident, set(3, 4, 11, 22, 25, 49, 64));
    /// The amount in the currency that the cardholder has chosen, its rate and its currency.
    constexpr auto conversion = set(6, 10, 51);
    /// What the terminal tells of a card it no longer has at hand.
    constexpr auto told = plus(conversion, set(2, 14, 23, 37, 38, 59));
    /// Card data, PIN, chip data, private data.
    constexpr auto card = plus(conversion, set(2, 14, 23, 26, 35, 36, 52, 53, 55, 57, 59, 62));
    constexpr auto none = on_silence::nothing;
    constexpr auto reverse = on_silence::reverse;
    constexpr auto repeat = on_silence::repeat;
    constexpr auto mac = sealing::mac;
    constexpr auto open = sealing::none;
    return std::to_array<transaction_row>({
        {sign_in, "sign-in", "0800", "", "", "00", "003", "", "", none, open, plus(ident, set(11)), set(62, 63)},
        {sign_off, "sign-off", "0820", "", "", "00", "002", "", "", none, open, plus(ident, set(11)), set(63)},
        {echo, "echo", "0820", "", "", "00", "301", "", "", none, open, ident, {}},
        {master_key_download, "master key download", "0800", "", "", "00", "401", "", "", none, open,
            plus(ident, set(11, 62)), set(63)},
        {balance, "balance", "0200", "310000", "00", "01", "000", "", "", none, mac,
            plus(ident, set(3, 11, 22, 25, 49, 64)), card},
        {sale, "sale", "0200", "000000", "00", "22", "000", "", "", reverse, mac, payment, card},
        {sale_void, "void", "0200", "200000", "00", "23", "000", "", "", reverse, mac, plus(payment, set(37, 61)),
            plus(card, set(38))},
        {refund, "refund", "0220", "200000", "00", "25", "000", "", "", none, mac, plus(payment, set(37, 61)),
            plus(card, set(38, 63))},
        {offline_refund, "offline refund", "0220", "200000", "00", "27", "000", "", "", repeat, mac,
            plus(payment, set(61, 63)), plus(told, set(55, 62))},
        {qr_sale, "QR sale", "0200", "000000", "00", "22", "000", "", "03", reverse, mac, plus(payment, set(59)),
            set(55, 57, 62)},
        {qr_void, "QR void", "0200", "200000", "00", "23", "000", "", "03", reverse, mac, plus(payment, set(61)),
            set(37, 38, 59, 62)},
        {qr_refund, "QR refund", "0220", "200000", "00", "25", "000", "", "03", none, mac, plus(payment, set(61)),
            set(37, 38, 59, 62, 63)},
        {pre_auth, "pre-authorisation", "0100", "030000", "06", "10", "000", "", "", reverse, mac, payment, card},
        {pre_auth_void, "pre-authorisation void", "0100", "200000", "06", "11", "000", "", "", reverse, mac,
            plus(payment, set(38, 61)), card},
        {completion, "completion", "0200", "000000", "06", "20", "000", "", "", reverse, mac,
            plus(payment, set(38, 61)), card},
        {completion_void, "completion void", "0200", "200000", "06", "21", "000", "", "", reverse, mac,
            plus(payment, set(37, 61)), plus(card, set(38))},
        {completion_advice, "completion advice", "0220", "000000", "06", "24", "000", "", "", repeat, mac,
            plus(payment, set(38, 61)), card},
        {instalment_sale, "instalment sale", "0200", "000000", "64", "22", "000", "", "", reverse, mac,
            plus(payment, set(62)), card},
        {instalment_void, "instalment void", "0200", "200000", "64", "23", "000", "", "", reverse, mac,
            plus(payment, set(37, 61, 62)), plus(card, set(38))},
        {offline_upload, "offline upload", "0200", "000000", "00", "36", "000", "", "", repeat, mac,
            plus(payment, set(55, 63)), plus(told, set(62))},
        {offline_settlement, "offline settlement", "0220", "000000", "00", "30", "000", "", "", repeat, mac,
            plus(payment, set(61, 63)), told},
        {adjustment, "adjustment", "0220", "000000", "00", "32", "000", "", "", repeat, mac,
            plus(payment, set(61, 63)), told},
        {tip, "tip", "0220", "000000", "00", "34", "000", "", "", repeat, mac, plus(payment, set(48, 61, 63)), told},
        {reversal, "reversal", "0400", "", "", "", "", "", "", none, mac, plus(ident, set(3, 4, 11, 22, 25, 39, 64)),
            plus(conversion, set(2, 14, 23, 38, 49, 55, 57, 59, 61, 62))},
        {script_notice, "script result notice", "0620", "", "", "00", "951", "", "", repeat, mac,
            plus(ident, set(3, 11, 55, 61, 64)), set(2, 4, 14, 22, 23, 25, 32, 37, 38, 49)},
        {batch_settle, "batch settlement", "0500", "", "", "00", "201", "", "", none, open,
            plus(ident, set(11, 48, 49)), set(63)},
        {upload_mag, "batch upload, magnetic stripe", "0320", "", "", "00", "201", "", "", none, open,
            plus(ident, set(11, 48)), {}},
        {upload_ic, "batch upload, chip", "0320", "", "", "00", "203", "205", "", none, open,
            plus(ident, set(2, 4, 11, 22, 55)), set(23, 62)},
        {upload_refund, "batch upload, refund", "0320", "200000", "00", "", "000", "", "", none, open,
            plus(ident, set(3, 4, 11, 22, 25, 49, 61)), plus(conversion, set(2, 14, 23, 37, 38, 59, 62, 63))},
        {upload_end, "batch upload end", "0320", "", "", "00", "207", "202", "", none, open, plus(ident, set(11, 48)),
            {}},
        {download, "download", "0820", "", "", "00", "", "", "", none, open, plus(ident, set(11)), set(62)},
        // In no published table: message type and processing code are this library's.
        {rate_enquiry, "rate enquiry", "0100", "330000", "00", "01", "000", "", "", none, mac, plus(payment, set(2)),
            set(14, 23)},
    });
}();

/// All rows, in the order of the enumeration.
[[nodiscard]] constexpr std::span<const transaction_row> transactions() noexcept {
    return transaction_table;
}
[[nodiscard]] constexpr const transaction_row& row_of(transaction what) noexcept {
    return transaction_table[static_cast<std::size_t>(what)];
}

namespace detail {

constexpr bool transactions_in_order() {
    for (std::size_t i = 0; i < transaction_table.size(); ++i) {
        if (static_cast<std::size_t>(transaction_table[i].what) != i) return false;
        if (transaction_table[i].required.contains(64) != (transaction_table[i].seal == sealing::mac)) return false;
    }
    return true;
}
static_assert(transactions_in_order());

} // namespace detail
} // namespace cipherlane::iso8583
