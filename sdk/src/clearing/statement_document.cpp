#include "pdf_sheets.hpp"

#include <cipherlane/clearing/errc.hpp>
#include <cipherlane/clearing/statement_document.hpp>
#include <cipherlane/ledger/trades.hpp>
#include <cipherlane/ports/words.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <utility>

namespace cipherlane::clearing {
namespace {

using ports::word_key;

constexpr double left = 45;
constexpr double right = pdf_sheets::width - 45;
constexpr double top = 60;
constexpr double bottom = pdf_sheets::height - 60;
constexpr double row = 13;
constexpr double body = 8.5;
constexpr double small = 7.5;
constexpr double thin = 0.4;
constexpr double thick = 0.9;

struct column {
    word_key title;
    double at;
    side stands;
    double most;
    double size = body;
};
constexpr auto columns = std::to_array<column>({
    {"statement.record", left, side::right_of, 45},
    {"statement.time", left + 50, side::right_of, 45},
    {"statement.trade", left + 97, side::right_of, 105},
    {"statement.reference", left + 205, side::right_of, 121, 7},
    {"statement.amount", right - 120, side::left_of, 70},
    {"statement.fee", right - 65, side::left_of, 52},
    {"statement.net", right, side::left_of, 63},
});
using cells = std::array<std::string, columns.size()>;
constexpr std::size_t first_sum = 4; // the columns from here on are money

struct sums {
    std::uint64_t payments = 0;
    std::uint64_t give_backs = 0;
    std::int64_t gross = 0;
    std::int64_t refunds = 0;
    std::int64_t fees = 0;
    std::int64_t net = 0;
    friend bool operator==(const sums&, const sums&) = default;
};
sums of(const merchant_day& day) {
    return {day.payments, day.give_backs, day.gross, day.refunds, day.fees, day.net};
}

} // namespace

struct statement_document::state {
    state(pdf_sheets made, const document_settings& settings)
        : paper(std::move(made))
        , how(settings) {}

    pdf_sheets paper;
    document_settings how;
    merchant_day day;
    sums lines; ///< of the day, so far
    double y = 0;
    std::size_t page = 0;                       ///< of the day
    bool open = false;                          ///< a day is begun
    bool used = false;                          ///< there is a page
    bool wrong = false;                         ///< a day did not add up
    std::map<ports::trade, std::string> trades; ///< their titles

    [[nodiscard]] std::string word(word_key key) const { return std::string(ports::word(key, how.speech)); }
    [[nodiscard]] std::string_view title_of(ports::trade kind) {
        const auto [at, fresh] = trades.try_emplace(kind);
        if (!fresh) return at->second;
        const auto* found = ports::find_word("title." + std::string(ledger::row_of(kind).title));
        at->second = found == nullptr ? ledger::row_of(kind).name : ports::word(*found, how.speech);
        return at->second;
    }
    [[nodiscard]] std::string money(std::int64_t minor) const { return signed_text(minor, day.unit); }

    void line(const cells& what) {
        for (std::size_t i = 0; i < columns.size(); ++i) {
            const auto& to = columns[i];
            if (!what[i].empty()) paper.text(to.at, y, to.size, what[i], to.stands, to.most);
        }
        y += row;
    }
    void sum_line(word_key what) {
        // Words in front may run into the empty columns beside them.
        paper.text(left, y, body, word(what), side::right_of, columns[first_sum].at - columns[first_sum].most - left);
        cells money_cells;
        money_cells[first_sum] = money(lines.gross - lines.refunds);
        money_cells[first_sum + 1] = money(lines.fees);
        money_cells[first_sum + 2] = money(lines.net);
        line(money_cells);
    }
    void title_line() {
        cells titles;
        for (std::size_t i = 0; i < columns.size(); ++i)
            titles[i] = word(columns[i].title);
        line(titles);
        paper.rule(left, right, y - row + 4, thin);
        y += 3;
    }

    void foot() {
        paper.text(left, bottom + 25, small, day.merchant + "  " + reconcile::day_text(day.day));
        paper.text(right, bottom + 25, small, word("statement.page") + " " + std::to_string(page), side::left_of);
    }
    void turn() {
        if (page != 0) foot();
        if (used) paper.next_page();
        used = true;
        ++page;
        y = top;
    }
    void room_for(double needed) {
        if (y + needed > bottom) turn();
    }

    void head_pair(double at, word_key what, const std::string& is) {
        paper.text(at, y, body, word(what));
        paper.text(at + 70, y, body, is, side::right_of, 175);
    }
    void head() {
        if (!how.issuer.empty()) {
            paper.text(left, y, 10, how.issuer);
            y += 20;
        }
        paper.text(left, y, 17, word("statement.title"));
        y += 12;
        paper.rule(left, right, y, thick);
        y += 18;
        const double middle = (left + right) / 2;
        head_pair(left, "statement.merchant", day.merchant);
        head_pair(middle, "statement.day", reconcile::day_text(day.day));
        y += row + 2;
        const auto letters = letters_of(day.unit);
        head_pair(
            left, "statement.currency", letters.empty() ? std::to_string(day.unit.number) : std::string(letters));
        head_pair(middle, "statement.pay_day", reconcile::day_text(day.pay_day.time_since_epoch().count()));
        y += 2 * row;
    }
    void summary_row(word_key what, const std::string& count, std::int64_t minor, double size) {
        paper.text(left, y, size, word(what));
        paper.text(right - 130, y, size, count, side::left_of);
        paper.text(right, y, size, money(minor), side::left_of);
        y += row + 2;
    }
    void summary() {
        paper.text(right - 130, y, body, word("statement.count"), side::left_of);
        paper.text(right, y, body, word("statement.amount"), side::left_of);
        paper.rule(left, right, y + 4, thin);
        y += row + 4;
        summary_row("statement.payments", std::to_string(day.payments), day.gross, body);
        summary_row("statement.give_backs", std::to_string(day.give_backs), -day.refunds, body);
        summary_row("statement.fees", "", -day.fees, body);
        paper.rule(left, right, y - row + 2, thin);
        y += 4;
        summary_row("statement.net", "", day.net, 11);
        y += row;
    }
    void parties() {
        if (day.parties.empty()) return;
        room_for(4 * row);
        paper.text(left, y, body, word("statement.party"));
        paper.text(right, y, body, word("statement.part"), side::left_of);
        paper.rule(left, right, y + 4, thin);
        y += row + 4;
        for (const auto& [party, part] : day.parties) {
            room_for(row);
            paper.text(left, y, body, party, side::right_of, right - left - 140);
            paper.text(right, y, body, money(part), side::left_of);
            y += row;
        }
        y += 2 * row;
    }
};

statement_document::statement_document(std::unique_ptr<state> made) noexcept
    : state_(std::move(made)) {}
statement_document::statement_document(statement_document&&) noexcept = default;
statement_document& statement_document::operator=(statement_document&&) noexcept = default;
statement_document::~statement_document() = default;

result<statement_document> statement_document::create(
    const std::filesystem::path& file, const document_settings& settings) {
    auto paper =
        pdf_sheets::create(file, settings.font_file, std::string(ports::word("statement.title", settings.speech)));
    if (!paper) return paper.error();
    return statement_document(std::make_unique<state>(*std::move(paper), settings));
}

void statement_document::begin(const merchant_day& day) {
    auto& its = *state_;
    its.wrong = its.wrong || its.open; // the day before was never ended
    its.day = day;
    its.lines = {};
    its.page = 0;
    its.open = true;
    its.turn();
    its.head();
    its.summary();
    its.parties();
    its.room_for(5 * row);
    its.title_line();
}

void statement_document::add(const statement_entry& line) {
    auto& its = *state_;
    if (its.y + 2 * row > bottom) { // the sums so far still go below
        its.sum_line("statement.carried");
        its.turn();
        its.title_line();
        its.sum_line("statement.brought");
    }
    auto& sum = its.lines;
    const bool payment = line.way == reconcile::direction::payment;
    ++(payment ? sum.payments : sum.give_backs);
    (payment ? sum.gross : sum.refunds) += payment ? line.gross : -line.gross;
    sum.fees += line.fee;
    sum.net += line.net;
    const auto moment = reconcile::moment_text(line.moment);
    its.line({std::to_string(line.record), moment.substr(moment.find(' ') + 1), std::string(its.title_of(line.kind)),
        line.reference, its.money(line.gross), its.money(line.fee), its.money(line.net)});
}

result<void> statement_document::end() {
    auto& its = *state_;
    its.paper.rule(left, right, its.y - row + 3, thin);
    its.y += 3;
    its.sum_line("statement.total");
    its.paper.text(left, its.y + 6, small, its.word("statement.end"));
    its.foot();
    its.open = false;
    if (its.lines == of(its.day)) return {};
    its.wrong = true;
    return error(clearing_errc::does_not_add_up, layer::core)
        .during("print statement")
        .in_field(its.day.merchant + " " + reconcile::day_text(its.day.day))
        .with_hint("found " + its.money(its.lines.net) + " net in " +
                   std::to_string(its.lines.payments + its.lines.give_backs) + " lines, expected " +
                   its.money(its.day.net) + " in " + std::to_string(its.day.payments + its.day.give_backs));
}

result<void> statement_document::finish() {
    auto& its = *state_;
    if (its.wrong || its.open) {
        return error(clearing_errc::does_not_add_up, layer::core)
            .during("print statement")
            .with_hint(its.open ? "a day is not ended" : "a day was refused");
    }
    return its.paper.finish();
}

} // namespace cipherlane::clearing
