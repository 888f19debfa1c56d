#include "gateway/unionpay_words.hpp"

#include "json_reader.hpp"

#include <cipherlane/core/digits.hpp>
#include <cipherlane/hostlink/errc.hpp>

#include <algorithm>
#include <array>
#include <charconv>

namespace cipherlane::hostlink::unionpay {
namespace {

struct word_row {
    std::string_view first; ///< of a run of codes
    std::string_view last;
    meaning of_call;
    money of_trade;
};

/// The first row that fits counts. A code that is in no row decides nothing of a call; of a trade see `money_of`.
constexpr std::array<word_row, 12> words{{
    {"00", "00", meaning::done, money::moved},
    {"A6", "A6", meaning::done, money::moved}, // done with a defect
    {"A0", "AZ", meaning::unknown, money::unknown},
    {"03", "06", meaning::waits, money::open},
    {"10", "11", meaning::refused, money::none},
    {"12", "12", meaning::used, money::unknown}, // of the number, not of its trade
    {"13", "14", meaning::refused, money::none},
    {"34", "34", meaning::no_trade, money::unknown},
    {"30", "39", meaning::refused, money::none},
    {"42", "42", meaning::unknown, money::unknown}, // debited, and too late
    {"74", "75", meaning::unknown, money::unknown}, // debited, and not written off
    {"60", "82", meaning::refused, money::none},
}};

const word_row* row_of(std::string_view code) noexcept {
    if (code.size() != 2) return nullptr;
    const auto* const found = std::find_if(
        words.begin(), words.end(), [&](const word_row& row) { return row.first <= code && code <= row.last; });
    return found == words.end() ? nullptr : found;
}

constexpr std::size_t longest_id = 39; // one letter is kept for what undoes it
constexpr std::size_t terminal_size = 8;
constexpr std::size_t time_size = 14;
constexpr std::size_t ending = 3; // "-02"
constexpr char later_code = 'x';

bool is_letter_or_digit(char c) noexcept {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

bool is_later_code(std::string_view text, char mark) noexcept {
    if (text.size() <= ending) return false;
    const auto end = text.substr(text.size() - ending);
    return end[0] == mark && all_digits(end.substr(1));
}

std::optional<std::chrono::system_clock::time_point> moment(std::string_view text) {
    if (text.size() != time_size || !all_digits(text)) return std::nullopt;
    const auto part = [&](std::size_t at, std::size_t size) {
        int value = 0;
        std::from_chars(text.data() + at, text.data() + at + size, value);
        return value;
    };
    using namespace std::chrono;
    const year_month_day day(year(part(0, 4)), month(static_cast<unsigned>(part(4, 2))),
        std::chrono::day(static_cast<unsigned>(part(6, 2))));
    const int hour = part(8, 2);
    const int minute = part(10, 2);
    const int second = part(12, 2);
    const bool is_one =
        day.ok() && part(0, 4) >= 2000 && part(0, 4) < 2200 && hour < 24 && minute < 60 && second < 60;
    if (!is_one) return std::nullopt;
    return sys_days(day) + hours(hour - 8) + minutes(minute) + seconds(second);
}

result<trade_name> name_of(std::string_view number, std::size_t time_at, std::string_view field) {
    const auto bad = [&] {
        return error(hostlink_errc::bad_setting, layer::hostlink)
            .during("unionpay")
            .in_field(field)
            .with_hint("expected letters and digits, with yyyyMMddHHmmss behind the terminal's eight");
    };
    if (number.size() < time_at + time_size || number.size() > longest_id || is_later_code(number, later_code))
        return bad();
    trade_name made{std::string(number), std::string(number.substr(time_at, time_size)), {}};
    if (is_later_code(number, '-')) made.order_id[number.size() - ending] = later_code;
    const auto when = moment(made.txn_time);
    if (!when || !std::all_of(made.order_id.begin(), made.order_id.end(), is_letter_or_digit)) return bad();
    made.made = *when;
    return made;
}

} // namespace

meaning meaning_of(std::string_view resp_code) noexcept {
    const auto* const row = row_of(resp_code);
    return row == nullptr ? meaning::unknown : row->of_call;
}

money money_of(std::string_view orig_resp_code) noexcept {
    if (orig_resp_code.size() != 2 || orig_resp_code == "83") return money::unknown; // 83: the issuer is at it
    const auto* const row = row_of(orig_resp_code);
    return row == nullptr ? money::none : row->of_trade;
}

result<trade_name> name_of_order(std::string_view number) {
    return name_of(number, terminal_size, "order_number");
}

result<trade_name> name_of_refund(std::string_view number) {
    return name_of(number, terminal_size + 1, "refund_number");
}

trade_name name_of_undoing(const trade_name& order, undoing how) {
    auto made = order;
    made.order_id += how == undoing::reversal ? 'r' : 'v';
    return made;
}

std::string number_of(std::string_view order_id) {
    std::string number(order_id);
    if (is_later_code(order_id, later_code)) number[number.size() - ending] = '-';
    return number;
}

result<amount> read_fen(std::string_view text, std::string_view member) {
    std::int64_t minor = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), minor);
    const bool whole =
        !text.empty() && all_digits(text) && read.ec == std::errc() && read.ptr == text.data() + text.size();
    if (!whole) return unreadable_member(member);
    const auto value = amount::from_minor(minor);
    if (!value) return unreadable_member(member);
    return *value;
}

result<amount> read_total(const parameters& all) {
    if (value_of(all, "currencyCode") != "156") return unreadable_member("currencyCode");
    return read_fen(value_of(all, "txnAmt"), "txnAmt");
}

} // namespace cipherlane::hostlink::unionpay
