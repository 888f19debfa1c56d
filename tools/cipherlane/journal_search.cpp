#include "cipherlane/journal_search.hpp"

#include "cipherlane/tool_door.hpp"

#include <cipherlane/core/digits.hpp>
#include <cipherlane/core/printable_text.hpp>
#include <cipherlane/ledger/order_life.hpp>

#include <CLI/CLI.hpp>
#include <utility>

namespace cipherlane::cli {
namespace {

using moment = std::chrono::system_clock::time_point;

/// A span of time that a text names: a day, a minute or a second.
struct named_span {
    moment begin;
    moment end;
};

std::optional<int> number_at(std::string_view text, std::size_t at, std::size_t digits) {
    if (text.size() < at + digits || !all_digits(text.substr(at, digits))) return std::nullopt;
    return std::stoi(std::string(text.substr(at, digits)));
}

/// The character at a place is one of a few.
bool is_at(std::string_view text, std::size_t at, std::string_view one_of) {
    return text.size() > at && one_of.find(text[at]) != std::string_view::npos;
}

std::optional<named_span> parse_span(std::string_view text) {
    using namespace std::chrono;
    const auto y = number_at(text, 0, 4);
    const auto m = number_at(text, 5, 2);
    const auto d = number_at(text, 8, 2);
    if (!y || !m || !d || !is_at(text, 4, "-") || !is_at(text, 7, "-")) return std::nullopt;
    const auto date = year(*y) / month(static_cast<unsigned>(*m)) / day(static_cast<unsigned>(*d));
    if (!date.ok()) return std::nullopt;
    const auto midnight = moment(sys_days(date)) - hours(8);
    if (text.size() == 10) return named_span{midnight, midnight + days(1)};
    const auto h = number_at(text, 11, 2);
    const auto min = number_at(text, 14, 2);
    const bool fits = h && min && *h < 24 && *min < 60 && is_at(text, 10, " T") && is_at(text, 13, ":");
    if (!fits) return std::nullopt;
    const auto minute = midnight + hours(*h) + minutes(*min);
    if (text.size() == 16) return named_span{minute, minute + minutes(1)};
    const auto s = number_at(text, 17, 2);
    if (!s || *s > 59 || !is_at(text, 16, ":") || text.size() != 19) return std::nullopt;
    return named_span{minute + seconds(*s), minute + seconds(*s + 1)};
}

named_span span_of(std::string_view option, const std::string& text) {
    if (const auto span = parse_span(text)) return *span;
    throw tool_complaint(ending::wrong_use, std::string(option) + ": found \"" + printable_text(text, 24) +
                                                "\", expected a time such as 2026-11-30 or \"2026-11-30 09:31\"");
}

/// Another currency has other decimals: a text that is no amount of it fits nothing of it.
bool is_amount(const std::string& text, const amount& of) {
    const auto read = amount::parse(text, of.unit());
    return read && *read == of;
}

} // namespace

void journal_search::prepare() {
    if (!from.empty()) begin_ = span_of("--from", from).begin;
    if (!to.empty()) end_ = span_of("--to", to).end;
    if (!card.empty() && (card.size() != 4 || !all_digits(card)))
        throw tool_complaint(ending::wrong_use, "--card: expected the last four digits, and no more of the number");
    if (!total.empty() && !amount::parse(total, {156, 4}))
        throw tool_complaint(ending::wrong_use, "--amount: expected an amount such as 12.34");
}

bool journal_search::is_given() const {
    for (const auto* one : {&key, &reference, &card, &operator_id, &total, &from, &to}) {
        if (!one->empty()) return true;
    }
    return false;
}

bool journal_search::fits(const ports::journal_record& record) const {
    const auto is = [](const std::string& wanted, const std::string& found) {
        return wanted.empty() || wanted == found;
    };
    const bool referred = reference.empty() || reference == record.reference || reference == record.voucher ||
                          reference == ledger::number_at_gateway(record);
    const bool paid = total.empty() || is_amount(total, record.requested) || is_amount(total, record.approved);
    return is(key, record.idempotency_key) && referred && record.masked_pan.ends_with(card) && paid &&
           is(operator_id, record.operator_id) && (!begin_ || record.created >= *begin_) &&
           (!end_ || record.created < *end_);
}

void add_search_options(CLI::App& app, journal_search& to) {
    app.add_option("--key", to.key, "Of this idempotency key");
    app.add_option("--reference", to.reference, "Of this reference (field 37), voucher, or number of an order");
    app.add_option("--card", to.card, "Of cards that end so: four digits");
    app.add_option("--operator", to.operator_id, "Of this operator");
    app.add_option("--amount", to.total, "Of this amount, asked for or approved: 12.34");
    app.add_option("--from", to.from, "Begun then or later: 2026-11-30, \"2026-11-30 09:31\"; China's time");
    app.add_option("--to", to.to, "Begun no later than in that day, minute or second");
}

} // namespace cipherlane::cli
