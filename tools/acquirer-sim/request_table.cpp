#include "acquirer-sim/request_table.hpp"

#include "acquirer-sim/host_faults.hpp"

#include <cipherlane/core/pan.hpp>
#include <cipherlane/iso8583/response_code.hpp>

#include <algorithm>
#include <ostream>
#include <stdexcept>

namespace cipherlane::sim {
namespace {

constexpr std::string_view card_prefix = "6222000100000"; // two digits of the choice and a check digit follow
constexpr std::chrono::seconds late{5};
constexpr int letters_begin = 80; // 80 to 87 choose A0 to A7, which amounts cannot spell

struct behaviour {
    std::string_view choice;
    std::string_view kind;
    std::string_view value;
    std::string_view reversal_kind;
    std::string_view reversal_value;
    std::string_view words;
};

/// What is no plain refusal; the choices are numbers that no answer code has, or codes that say more than no.
constexpr auto behaviours = std::to_array<behaviour>({
    {"00", "", "", "", "", "approved"},
    {"10", "partial", "", "", "", "approved for half of the amount"},
    {"11", "answer_code", "11", "", "", "approved with 11"},
    {"16", "answer_code", "16", "", "", "approved with 16"},
    {"17", "lost_request", "", "", "", "the request is lost: nothing is done, no answer"},
    {"18", "no_answer", "", "", "", "done, and no answer"},
    {"19", "late_answer", "", "", "", "done, answered after 5 s"},
    {"20", "answer_after_reversal", "", "", "", "done, answered in front of the answer to its reversal"},
    {"23", "wrong_mac", "", "", "", "done, answered with a wrong MAC"},
    {"24", "disconnect_after_request", "", "", "", "done, and the link ends"},
    {"26", "duplicate_answer", "", "", "", "done, answered twice"},
    {"27", "foreign_answer", "11", "", "", "done, answered with the trace of another request"},
    {"28", "overtaken", "", "", "", "its reversal overtakes it, and entombs it"},
    {"29", "overtaken", "", "no_tomb", "", "its reversal overtakes it and finds nothing; then it is done"},
    {"31", "no_answer", "", "forget", "", "done, no answer; the reversal is answered 25"},
    {"32", "no_answer", "", "no_answer", "", "done, no answer; nor is its reversal answered"},
    {"33", "no_answer", "", "refuse", "12", "done, no answer; the reversal is answered 12"},
    {"35", "no_answer", "", "wrong_mac", "", "done, no answer; the reversal's answer has a wrong MAC"},
    {"36", "resent", "", "", "", "a front sends it twice: done, answered 94"},
    {"37", "no_field", "39", "", "", "done, answered without a code"},
    {"39", "garbage", "", "", "", "done, answered with what is no message"},
    {"42", "no_answer", "", "cut_day", "", "done, no answer; the day is cut before the reversal"},
    {"68", "answer_code", "68", "", "", "done, answered 68: the host timed out"},
    {"94", "answer_code", "94", "", "", "done, answered 94: a duplicate"},
    {"98", "answer_code", "98", "", "", "done, answered 98: the issuer did not answer"},
});

std::string two_digits(int number) {
    return (number < 10 ? "0" : "") + std::to_string(number);
}

/// The choice that spells a code: its own digits, or 80 to 87 for A0 to A7.
std::string choice_of(std::string_view code) {
    return code[0] == 'A' ? two_digits(letters_begin + (code[1] - '0')) : std::string(code);
}

table_row row_for(const iso8583::response_code& code) {
    const bool done = code.of_trade == iso8583::proof::done;
    const std::string text = std::string(code.code) + ": " + std::string(code.text);
    return {choice_of(code.code), done ? "answer_code" : "refuse", std::string(code.code), "", "",
        (done ? "approved with " : "nothing is done, answered ") + text};
}

std::vector<table_row> whole_table() {
    std::vector<table_row> rows;
    for (const auto& one : behaviours) {
        rows.push_back({std::string(one.choice), std::string(one.kind), std::string(one.value),
            std::string(one.reversal_kind), std::string(one.reversal_value), std::string(one.words)});
    }
    for (const auto& code : iso8583::response_codes()) {
        auto row = row_for(code);
        const bool taken =
            std::any_of(rows.begin(), rows.end(), [&](const table_row& one) { return one.choice == row.choice; });
        if (!taken) rows.push_back(std::move(row));
    }
    std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.choice < b.choice; });
    return rows;
}

const fault_kind& kind_named(const std::string& name) {
    static const auto kinds = host_faults();
    const auto found = std::find_if(kinds.begin(), kinds.end(), [&](const auto& kind) { return kind.name == name; });
    if (found == kinds.end()) throw std::logic_error("the table names no fault of the host: " + name);
    return *found;
}

} // namespace

const std::vector<table_row>& request_table() {
    static const auto rows = whole_table();
    return rows;
}

std::string table_card(const table_row& row) {
    const auto digits = std::string(card_prefix) + row.choice;
    return digits + luhn_digit(digits);
}

const table_row* row_chosen(std::string_view card, std::int64_t amount) {
    std::string choice;
    if (card.size() == card_prefix.size() + 3 && card.starts_with(card_prefix)) {
        choice = card.substr(card_prefix.size(), 2);
    } else if (amount >= least_choosing_amount && amount <= most_choosing_amount) {
        choice = two_digits(static_cast<int>(amount % 100));
    }
    const auto& rows = request_table();
    const auto found = std::find_if(rows.begin(), rows.end(), [&](const auto& row) { return row.choice == choice; });
    return found != rows.end() ? &*found : nullptr;
}

std::optional<fault> fault_of(const table_row& row, table_moment moment, const std::string& operation) {
    const bool reversal = moment == table_moment::reversal;
    const auto& name = reversal ? row.reversal_kind : row.kind;
    if (name.empty()) return std::nullopt;
    const auto& kind = kind_named(name);
    if (std::find(kind.operations.begin(), kind.operations.end(), operation) == kind.operations.end()) {
        return std::nullopt;
    }
    fault what;
    what.kind = name;
    what.value = reversal ? row.reversal_value : row.value;
    what.effect = kind.effect;
    if (kind.takes_time) what.delay = late;
    return what;
}

void print_table(std::ostream& to) {
    to << "A payment of 4,000.00 to 4,999.99 chooses by its last two digits, any amount by the card.\n"
       << "Cards: expiry " << table_card_expiry << " (YYMM), PIN " << table_card_pin << ".\n\n"
       << "choice  card              the host\n";
    for (const auto& row : request_table())
        to << "    " << row.choice << "  " << table_card(row) << "  " << row.words << "\n";
}

} // namespace cipherlane::sim
