#include "gateway/netpay_words.hpp"

#include <cipherlane/core/digits.hpp>
#include <cipherlane/hostlink/errc.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace cipherlane::hostlink::netpay {
namespace {

struct code_row {
    std::string_view code;
    meaning what;
};

/// What is not here decides nothing: INTERNAL_ERROR, TIMEOUT, NET_ERROR, TARGET_FAIL, ORDER_PROCESSING among others.
/// "INVLID" is netpay's own spelling.
constexpr std::array<code_row, 16> netpay_codes{{
    {"SUCCESS", meaning::done},
    {"DUP_ORDER", meaning::look},
    {"OPERATION_NOT_ALLOWED", meaning::look},
    {"INVALID_ORDER", meaning::look},
    {"NO_ORDER", meaning::no_order},
    {"BAD_REQUEST", meaning::refused},
    {"NO_SERVICE", meaning::refused},
    {"NO_MERCHANT", meaning::refused},
    {"INACTIVE_MERCHANT", meaning::refused},
    {"ABNORMAL_REQUEST_TIME", meaning::refused},
    {"TXN_DISCARDED", meaning::refused},
    {"BAD_SIGN", meaning::refused},
    {"INVALID_MSGSRC", meaning::refused},
    {"NO_CROSS_DAY_TRADING", meaning::refused},
    {"DENIED_IP", meaning::refused},
    {"INVLID_MERCHANT_CONFIG", meaning::refused},
}};

constexpr std::size_t terminal_size = 8;
constexpr std::size_t mark_size = 28;  ///< of the till's numbers: terminal 8, date and time 14, 6 more
constexpr std::size_t short_size = 26; ///< the same without the century
constexpr std::string_view century = "20";

bool plain(std::string_view text) noexcept {
    return std::all_of(text.begin(), text.end(),
        [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); });
}

std::optional<std::chrono::system_clock::time_point> moment_of(std::string_view text) {
    if (text.size() != 14 || !all_digits(text) || !text.starts_with(century)) return std::nullopt;
    const auto part = [&](std::size_t at, std::size_t size) {
        int value = 0;
        std::from_chars(text.data() + at, text.data() + at + size, value);
        return value;
    };
    using namespace std::chrono;
    const year_month_day date(
        year(part(0, 4)), month(static_cast<unsigned>(part(4, 2))), day(static_cast<unsigned>(part(6, 2))));
    const bool is_one = date.ok() && part(8, 2) < 24 && part(10, 2) < 60 && part(12, 2) < 60;
    if (!is_one) return std::nullopt;
    return sys_days(date) + hours(part(8, 2) - 8) + minutes(part(10, 2)) + seconds(part(12, 2));
}

/// @param mark 28 characters.
result<bill_name> name_of(std::string_view source, std::string_view front, std::string_view mark,
    std::string_view behind, std::string_view field) {
    const auto when = mark.size() == mark_size ? moment_of(mark.substr(terminal_size, 14)) : std::nullopt;
    if (!when || !plain(mark)) {
        return error(hostlink_errc::bad_setting, layer::hostlink)
            .during("netpay")
            .in_field(field)
            .with_hint("expected terminal 8, yyyyMMddHHmmss, 6 letters or digits");
    }
    bill_name made;
    made.number.append(source).append(front).append(mark.substr(0, terminal_size));
    made.number.append(mark.substr(terminal_size + century.size())).append(behind);
    const auto date = mark.substr(terminal_size, 8);
    made.date.append(date.substr(0, 4)).append("-").append(date.substr(4, 2)).append("-").append(date.substr(6));
    made.made = *when;
    return made;
}

constexpr char first_later = 'b'; ///< of the second code of an order

} // namespace

meaning meaning_of(std::string_view err_code) noexcept {
    const auto* const found = std::find_if(
        netpay_codes.begin(), netpay_codes.end(), [&](const code_row& row) { return row.code == err_code; });
    return found == netpay_codes.end() ? meaning::unknown : found->what;
}

std::string_view place_of(std::string_view err_code) noexcept {
    if (err_code == "ABNORMAL_REQUEST_TIME") return "clock";
    if (err_code == "BAD_SIGN") return "app_id or app_key";
    return "errCode";
}

result<bill_name> name_of_order(std::string_view source, std::string_view number) {
    std::string behind;
    auto mark = number;
    if (number.size() == mark_size + 3 && number[mark_size] == '-' && all_digits(number.substr(mark_size + 1))) {
        const int which = (number[mark_size + 1] - '0') * 10 + (number[mark_size + 2] - '0');
        if (which >= 2 && which <= 26) behind = static_cast<char>(first_later + which - 2);
        if (!behind.empty()) mark = number.substr(0, mark_size);
    }
    return name_of(source, {}, mark, behind, "order_number");
}

result<bill_name> name_of_refund(std::string_view source, std::string_view number) {
    const bool is_one = number.starts_with('R');
    return name_of(source, "R", is_one ? number.substr(1) : std::string_view(), {}, "refund_number");
}

std::string number_of(std::string_view source, std::string_view bill_no) {
    if (!bill_no.starts_with(source)) return {};
    bill_no.remove_prefix(source.size());
    if (bill_no.size() != short_size && bill_no.size() != short_size + 1) return {};
    std::string number(bill_no.substr(0, terminal_size));
    number.append(century).append(bill_no.substr(terminal_size, short_size - terminal_size));
    if (bill_no.size() == short_size) return number;
    const int which = bill_no.back() - first_later + 2;
    if (which < 2 || which > 26) return {};
    number += '-';
    number += static_cast<char>('0' + which / 10);
    number += static_cast<char>('0' + which % 10);
    return number;
}

result<amount> read_fen(const json_reader& read, std::string_view member) {
    std::int64_t minor = 0;
    const auto text = read.text_or_none(member);
    if (text.empty()) {
        CIPHERLANE_TRY(minor, read.number(member));
    } else {
        const auto taken = std::from_chars(text.data(), text.data() + text.size(), minor);
        const bool whole = all_digits(text) && taken.ec == std::errc() && taken.ptr == text.data() + text.size();
        if (!whole) return unreadable_member(member);
    }
    const auto value = amount::from_minor(minor);
    if (!value) return unreadable_member(member);
    return *value;
}

result<boost::json::object> read_payment(const boost::json::object& bill) {
    const auto* const found = bill.if_contains("billPayment");
    if (found == nullptr) return unreadable_member("billPayment");
    if (const auto* const inside = found->if_object()) return *inside;
    const auto* const text = found->if_string();
    if (text == nullptr) return unreadable_member("billPayment");
    auto inside = parse_json_object(std::string_view(text->data(), text->size()));
    if (!inside) return unreadable_member("billPayment");
    return inside;
}

result<std::string> payment_number(const boost::json::object& payment) {
    const json_reader read(payment);
    CIPHERLANE_TRY(const auto word, read.optional_text("status"));
    if (!word.empty() && word != "TRADE_SUCCESS" && word != "TRADE_REFUND") return unreadable_member("status");
    CIPHERLANE_TRY(auto number, read.optional_text("targetOrderId"));
    if (!number.empty()) return as_name(std::move(number), "targetOrderId");
    CIPHERLANE_TRY(number, read.optional_text("merOrderId"));
    return as_name(std::move(number), "targetOrderId");
}

result<void> check_yuan(const json_reader& read) {
    for (const auto* const member : yuan_members) {
        // As a number, too: sums are told in both forms.
        if (const auto number = read.number(member); number && *number == 156) continue;
        CIPHERLANE_TRY(const auto unit, read.optional_text(member));
        if (!unit.empty() && unit != "CNY" && unit != "156") return unreadable_member(member);
    }
    return {};
}

} // namespace cipherlane::hostlink::netpay
