#include "fail.hpp"

#include <cipherlane/iso8583/transaction.hpp>

#include <array>
#include <cassert>

namespace cipherlane::iso8583 {
namespace {

constexpr auto set = [](auto... numbers) { return field_set::of(numbers...); };

constexpr field_set plus(field_set base, field_set more) noexcept {
    return base.with(more);
}

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
using enum transaction;

// UnionPay POS dialect, table of transactions.
constexpr auto rows = std::to_array<transaction_row>({
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
    {completion, "completion", "0200", "000000", "06", "20", "000", "", "", reverse, mac, plus(payment, set(38, 61)),
        card},
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
    {adjustment, "adjustment", "0220", "000000", "00", "32", "000", "", "", repeat, mac, plus(payment, set(61, 63)),
        told},
    {tip, "tip", "0220", "000000", "00", "34", "000", "", "", repeat, mac, plus(payment, set(48, 61, 63)), told},
    {reversal, "reversal", "0400", "", "", "", "", "", "", none, mac, plus(ident, set(3, 4, 11, 22, 25, 39, 64)),
        plus(conversion, set(2, 14, 23, 38, 49, 55, 57, 59, 61, 62))},
    {script_notice, "script result notice", "0620", "", "", "00", "951", "", "", repeat, mac,
        plus(ident, set(3, 11, 55, 61, 64)), set(2, 4, 14, 22, 23, 25, 32, 37, 38, 49)},
    {batch_settle, "batch settlement", "0500", "", "", "00", "201", "", "", none, open, plus(ident, set(11, 48, 49)),
        set(63)},
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

constexpr bool in_order() {
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (static_cast<std::size_t>(rows[i].what) != i) return false;
        if (rows[i].required.contains(64) != (rows[i].seal == sealing::mac)) return false;
    }
    return true;
}
static_assert(in_order());

template <class Message>
result<void> check(const Message& what, const transaction_row& row) {
    for (const int field : row.required.without(what.fields())) {
        return fail(iso8583_errc::missing_field, row.name, number_text(field).view());
    }
    for (const int field : what.fields().without(plus(row.required, row.optional))) {
        return fail(iso8583_errc::unknown_field, row.name, number_text(field).view());
    }
    return {};
}

bool network_fits(const transaction_row& row, std::string_view network) noexcept {
    if (row.network.empty() || network == row.network) return true;
    // 001, 003 and 004 differ in key lengths only.
    if (row.what == sign_in) return network != "401";
    const bool of_chip = row.what == upload_ic;
    if (of_chip && (network == upload_arpc_failed || network == upload_arpc_failed_unbalanced)) return true;
    return !row.network_unbalanced.empty() && network == row.network_unbalanced;
}

} // namespace

std::span<const transaction_row> transactions() noexcept {
    return rows;
}

const transaction_row& row_of(transaction what) noexcept {
    return rows[static_cast<std::size_t>(what)];
}

fixed_text<4> answer_mti(std::string_view mti) noexcept {
    assert(mti.size() == 4);
    const std::array<char, 4> digits{mti[0], mti[1], static_cast<char>(mti[2] + 1), mti[3]};
    return std::string_view(digits.data(), digits.size());
}

void prepare(message& what, const transaction_row& row) {
    what.set_mti(row.mti);
    if (!row.field3.empty()) what.set(3, row.field3);
    if (!row.field25.empty()) what.set(25, row.field25);
}

result<void> check_fields(const message& what, const transaction_row& row) {
    return check(what, row);
}
result<void> check_fields(const message_view& what, const transaction_row& row) {
    return check(what, row);
}

std::optional<transaction> identify(const message_view& request) {
    std::array<char, 17> room{};
    if (request.size(60) > room.size()) return std::nullopt;
    const auto digits = request.value(60, room);
    const auto type = digits.substr(0, 2);
    const auto network = digits.size() >= 11 ? digits.substr(8, 3) : std::string_view("000");
    std::array<char, 64> room22{};
    // A longer entry mode is none that a row knows.
    const auto entry = request.size(22) <= room22.size() ? request.value(22, room22) : std::string_view();
    const auto same = [&](int field, std::string_view wanted) {
        return wanted.empty() || request.equals(field, wanted);
    };
    std::optional<transaction> found;
    for (const auto& row : rows) {
        if (request.mti() != row.mti || !same(3, row.field3) || !same(25, row.field25)) continue;
        if (!row.type.empty() && type != row.type) continue;
        // In transactions 60.3 may be left out or say nothing.
        const bool by_network = row.field3.empty();
        if (by_network && !network_fits(row, network)) continue;
        if (!row.entry.empty()) {
            if (entry.substr(0, row.entry.size()) == row.entry) return row.what;
            continue;
        }
        if (!found) found = row.what;
    }
    return found;
}

bool answers(const message_view& answer, const message& request) {
    if (request.mti().size() != 4 || answer.mti() != answer_mti(request.mti()).view()) return false;
    for (const int field : {11, 41, 42}) {
        if (request.has(field) && !answer.equals(field, request.get(field))) return false;
    }
    const bool partial = answer.equals(39, "10");
    for (const int field : {3, 4}) {
        if (field == 4 && partial) continue;
        if (request.has(field) && answer.has(field) && !answer.equals(field, request.get(field))) return false;
    }
    return true;
}

} // namespace cipherlane::iso8583
