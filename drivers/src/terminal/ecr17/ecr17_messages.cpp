#include "../../refusals.hpp"
#include "../masked_number.hpp"

#include <cipherlane/core/digits.hpp>
#include <cipherlane/drivers/terminal/ecr17/ecr17_messages.hpp>

#include <algorithm>
#include <array>

namespace cipherlane::drivers::ecr17 {
namespace {

using ports::terminal_verb;

constexpr std::size_t head = 10;
constexpr std::int64_t largest_minor = 99'999'999;

std::string numbered(std::uint64_t value, std::size_t digits) {
    auto text = std::to_string(value);
    return std::string(digits - std::min(digits, text.size()), '0') + text;
}

std::string begin(const address& who, char code) {
    return who.terminal_id + "0" + std::string(1, code);
}

/// Positions count from 1, as the text has them.
std::string_view field(std::string_view message, std::size_t from, std::size_t size) {
    return message.size() < from - 1 + size ? std::string_view() : message.substr(from - 1, size);
}

std::optional<std::int64_t> number(std::string_view digits) {
    if (digits.empty() || !all_digits(digits)) return std::nullopt;
    return std::stoll(std::string(digits));
}

std::string trimmed(std::string_view text) {
    while (!text.empty() && text.back() == ' ')
        text.remove_suffix(1);
    return std::string(text);
}

error lacks(std::string_view what, std::size_t size) {
    return drivers::refused(drivers_errc::bad_content).in_field(what).at_offset(size);
}

/// The number without the zeros and blanks before it and behind it.
std::string masked(std::string_view field) {
    const auto from = field.find_first_not_of("0 ");
    return from == std::string_view::npos ? std::string() : masked_number(trimmed(field.substr(from)));
}

struct pair_row {
    char asked;
    std::string_view told;
    bool moves;
};
constexpr auto pairs = std::to_array<pair_row>(
    {{'X', "EV", true}, {'P', "EV", true}, {'S', "E", true}, {'p', "e", true}, {'c', "cv", true}, {'C', "C", true},
        {'G', "EVeicv", false}, {'s', "s", false}, {'T', "T", false}, {'H', "E", false}});

constexpr std::size_t of_payment = 71;
constexpr std::size_t of_payment_with_amount = 92;
constexpr std::size_t of_reversal = 84;
constexpr std::size_t any_size = 0;

struct answer_row {
    char code;
    std::size_t size;
    terminal_verb what;
};
/// What a result is of: E is told apart by its length alone.
constexpr auto answer_rows = std::to_array<answer_row>({{'E', of_payment, terminal_verb::authorise},
    {'E', of_payment_with_amount, terminal_verb::authorise}, {'E', of_reversal, terminal_verb::void_payment},
    {'V', any_size, terminal_verb::authorise}, {'e', any_size, terminal_verb::pre_authorise},
    {'c', any_size, terminal_verb::complete}, {'v', any_size, terminal_verb::complete}});

std::optional<terminal_verb> verb_of(std::string_view message) {
    const auto* const row = std::find_if(answer_rows.begin(), answer_rows.end(), [&](const answer_row& one) {
        return one.code == message[head - 1] && (one.size == any_size || one.size == message.size());
    });
    return row != answer_rows.end() ? std::optional(row->what) : std::nullopt;
}

const pair_row* find_pair(char asked) noexcept {
    const auto* const row =
        std::find_if(pairs.begin(), pairs.end(), [&](const pair_row& one) { return one.asked == asked; });
    return row != pairs.end() ? row : nullptr;
}

/// P, X and p share their layout.
std::string payment(const address& who, char code, const amount& total) {
    return begin(who, code) + who.till_id + "0" + "00" + "0" + "0" +
           numbered(static_cast<std::uint64_t>(total.minor()), 8) + std::string(128, ' ') + std::string(8, '0');
}

std::string reversal(const address& who, std::string_view stan) {
    return begin(who, 'S') + who.till_id + std::string(stan) + "0" + "0";
}

std::string closure(const address& who, const amount& total, std::string_view reservation) {
    return begin(who, 'c') + who.till_id + "0" + "0000" + numbered(static_cast<std::uint64_t>(total.minor()), 8) +
           std::string(128, ' ') + std::string(reservation) + std::string(8, '0');
}

} // namespace

result<std::string> trade(const address& who, const ports::terminal_request& wish, payment_form form) {
    const bool has_amount = wish.what != terminal_verb::void_payment;
    if (has_amount && (wish.total.minor() <= 0 || wish.total.minor() > largest_minor)) return bad_setting("total");
    const auto original_of = [&](std::size_t size) {
        return wish.original.size() == size && all_digits(wish.original);
    };
    switch (wish.what) {
    case terminal_verb::authorise: return payment(who, form == payment_form::plain ? 'P' : 'X', wish.total);
    case terminal_verb::pre_authorise: return payment(who, 'p', wish.total);
    case terminal_verb::void_payment:
        if (!original_of(6)) return bad_setting("original");
        return reversal(who, wish.original);
    case terminal_verb::complete:
        if (!original_of(9)) return bad_setting("original");
        return closure(who, wish.total, wish.original);
    case terminal_verb::refund:
    case terminal_verb::void_pre_authorisation: break;
    }
    return cannot(to_string(wish.what));
}

std::string status(const address& who) {
    return begin(who, 's');
}

std::string last_result(const address& who) {
    return begin(who, 'G') + who.till_id + "0" + "000";
}

std::string close(const address& who) {
    return begin(who, 'C') + who.till_id + "0" + std::string(7, '0');
}

std::string totals_of_day(const address& who) {
    return begin(who, 'T') + who.till_id + "0" + std::string(7, '0');
}

std::string verification(const address& who) {
    return begin(who, 'H') + who.till_id + "0" + "00" + "0" + "0" + std::string(16, '0');
}

std::string reprint(const address& who, bool at_till) {
    return begin(who, 'R') + (at_till ? "1" : "0") + "0" + std::string(10, '0');
}

std::string printing(const address& who) {
    return begin(who, 'E') + "1";
}

bool answers(char asked, char told) noexcept {
    const auto* const row = find_pair(asked);
    return row != nullptr && row->told.find(told) != std::string_view::npos;
}

bool moves(char asked) noexcept {
    const auto* const row = find_pair(asked);
    return row != nullptr && row->moves;
}

result<outcome> parse_outcome(std::string_view message) {
    outcome made;
    made.terminal_id = field(message, 1, 8);
    made.result = field(message, 11, 2);
    if (made.result.empty() || !all_digits(made.result)) return lacks("result", message.size());
    made.code = message[head - 1];
    const bool done = made.result == carried_out;
    if (!done) made.text = trimmed(field(message, 13, 24));
    const bool reserved = made.code == 'e';
    if (done) {
        made.masked_pan = masked(field(message, 13, 19));
        made.what = verb_of(message);
    }
    if (done && reserved) {
        made.minor = number(field(message, 41, 8));
        made.reservation = field(message, 49, 9);
        made.when = field(message, 61, 7);
        made.online = field(message, 89, 6);
        made.stan = field(message, 83, 6);
        if (!made.minor || made.reservation.empty()) return lacks("reservation", message.size());
        return made;
    }
    made.stan = field(message, 60, 6);
    made.online = field(message, 66, 6);
    if (done) {
        made.authorization = trimmed(field(message, 35, 6));
        made.when = field(message, 41, 7);
        if (made.stan.empty()) return lacks("STAN", message.size());
    }
    if (made.code == 'E' && message.size() == of_payment_with_amount) made.minor = number(field(message, 75, 8));
    if (made.code == 'V') made.minor = number(field(message, 75, 8));
    return made;
}

result<totals> parse_totals(std::string_view message) {
    totals made;
    made.result = field(message, 11, 2);
    if (made.result.empty()) return lacks("result", message.size());
    if (made.result == carried_out) {
        constexpr std::size_t terminals = 13;
        constexpr std::size_t hosts = 29;
        made.minor = number(field(message, message[head - 1] == 'T' ? terminals : hosts, 16));
    } else {
        made.text = trimmed(field(message, 13, 19));
    }
    return made;
}

result<state> parse_status(std::string_view message) {
    const auto code = field(message, 31, 1);
    if (code.empty()) return lacks("state", message.size());
    return state{std::string(field(message, 1, 8)), code.front(),
        message.size() > 31 ? trimmed(message.substr(31)) : std::string()};
}

receipt_part parse_receipt(std::string_view message) {
    receipt_part made;
    if (message.size() <= head) return made;
    auto text = message.substr(head);
    constexpr char escape = 0x1B;
    if (const auto end = text.find(escape); end != std::string_view::npos) {
        text = text.substr(0, end);
        made.last = true;
    }
    for (const char c : text) {
        const bool new_line = c == 0x7D || c == 0x7F;
        made.text.push_back(new_line ? '\n' : c);
    }
    return made;
}

} // namespace cipherlane::drivers::ecr17
