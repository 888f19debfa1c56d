#include "decimal.hpp"
#include "line_source.hpp"
#include "row_values.hpp"

#include <cipherlane/core/amount.hpp>
#include <cipherlane/core/printable_text.hpp>
#include <cipherlane/reconcile/statement_reader.hpp>

#include <algorithm>
#include <limits>

namespace cipherlane::reconcile {
namespace {

std::string found_and(std::string_view found, std::string_view expected) {
    return "found \"" + printable_text(found, 40) + "\", expected " + std::string(expected);
}

/// All places of a form, for one pass over them.
template <class Visit>
void each_place(statement_form& form, Visit visit) {
    for (auto* places : {&form.payment, &form.give_back}) {
        visit(places->time);
        visit(places->amount);
        visit(places->fee);
        visit(places->status.place);
        for (auto& key : places->keys)
            visit(key);
    }
    visit(form.kind.place);
    visit(form.row_money);
    for (auto& total : form.totals)
        visit(total.sum);
}

} // namespace

struct statement_reader::state {
    state(std::istream& in, statement_form how, std::string_view file, std::optional<std::int64_t> about)
        : form(std::move(how))
        , lines(in, file)
        , values(form)
        , day(about)
        , counted(form.totals.size())
        , stated(form.totals.size()) {}

    statement_form form;
    line_source lines;
    row_values values;
    std::optional<std::int64_t> day;
    std::vector<std::int64_t> counted; ///< what each total should be
    std::vector<std::optional<std::int64_t>> stated;
    currency unit = cny; ///< of the row
    std::size_t columns = 0;
    bool named = false; ///< the line of names has been read
    bool done = false;
    std::string room;

    /// The line as UTF-8 where all of it is.
    result<std::string_view> text() {
        auto line = lines.line();
        if (to_utf8(line, form.encoding, room)) return line;
        if (!lines.ended()) return lines.fault(reconcile_errc::cut_short, "the last line ends within a character");
        const bool gbk = form.encoding == statement_form::text_set::gbk;
        auto other = lines.line();
        const bool is_other =
            to_utf8(other, gbk ? statement_form::text_set::utf8 : statement_form::text_set::gbk, room);
        return lines.fault(reconcile_errc::wrong_encoding,
            std::string("expected ") + (gbk ? "GBK" : "UTF-8") +
                (is_other ? std::string("; this line could be ") + (gbk ? "UTF-8" : "GBK") : std::string()));
    }

    /// The line of names: which column is where.
    result<void> names(std::string_view line) {
        if (!values.cut(line)) return lines.fault(reconcile_errc::bad_line, "a quote is not closed on its line");
        columns = values.count();
        std::string_view missing;
        each_place(form, [&](value_place& place) {
            if (place.name.empty()) return;
            for (place.at = 0; place.at < columns; ++place.at) {
                if (without_spaces(values.cell(place.at)) == place.name) return;
            }
            missing = place.name;
        });
        if (missing.empty()) return {};
        auto raw = lines.line();
        std::string ignored;
        const bool utf8 = form.encoding == statement_form::text_set::gbk && raw != line &&
                          to_utf8(raw, statement_form::text_set::utf8, ignored);
        if (utf8) return lines.fault(reconcile_errc::wrong_encoding, "expected GBK; this line is UTF-8");
        return lines.fault(
            reconcile_errc::bad_line, "the line of names lacks this column: is it the right form?", missing);
    }

    /// In what the row is.
    result<void> own_currency() {
        unit = form.money;
        if (!form.row_money.given()) return {};
        const auto text = values.at(form.row_money);
        const auto number = parse_decimal(text);
        const bool whole = number && *number % decimal_one == 0 && *number >= 0 && *number / decimal_one <= 999;
        const auto known = whole ? find_currency(static_cast<std::uint16_t>(*number / decimal_one)) : std::nullopt;
        if (!known) {
            return lines.fault(
                reconcile_errc::bad_line, found_and(text, "a number of ISO 4217, as 156"), form.row_money.name);
        }
        unit = *known;
        return {};
    }

    result<std::int64_t> money(const value_place& place) { return money(place, values.at(place), false); }

    result<std::int64_t> money(const value_place& place, std::string_view text, bool rounds) {
        const auto value = parse_decimal(text);
        const auto bad = [&](std::string_view expected) {
            return lines.fault(reconcile_errc::bad_line, found_and(text, expected), place.name);
        };
        if (!value) return bad("an amount such as 12.34");
        std::int64_t parts = decimal_one;
        for (unsigned i = 0; form.amounts == statement_form::unit::major && i < unit.decimals; ++i)
            parts /= 10;
        if (*value % parts != 0 && !rounds) return bad("no parts of the smallest unit");
        const auto half = *value < 0 ? -parts / 2 : parts / 2;
        const auto minor = (*value + (rounds ? half : 0)) / parts;
        if (minor > amount::max_minor || minor < -amount::max_minor) return bad("at most twelve digits");
        return minor;
    }

    /// Positive where the merchant pays it. Of letters before the digits, D takes and C gives (UnionPay).
    result<std::int64_t> fee(const value_place& place) {
        auto text = values.at(place);
        const bool given = text.starts_with('C');
        if (given || text.starts_with('D')) text.remove_prefix(1);
        CIPHERLANE_TRY(const auto sum, money(place, text, true));
        return given != form.fee_taken_minus ? -sum : sum;
    }

    template <class Meaning>
    result<std::optional<Meaning>> meaning(const word_column<Meaning>& column) {
        const auto text = values.at(column.place);
        for (const auto& [word, means] : column.words) {
            if (word == text) return means;
        }
        std::string allowed;
        for (const auto& one : column.words)
            allowed.append(allowed.empty() ? "" : ", ").append(one.first);
        return lines.fault(reconcile_errc::bad_line, found_and(text, allowed), column.place.name);
    }

    /// Adds a row to what the totals should be.
    result<void> count(direction way) {
        using of_rows = stated_total::of_rows;
        for (std::size_t i = 0; i < counted.size(); ++i) {
            const auto& total = form.totals[i];
            if (total.of == of_rows::payments && way != direction::payment) continue;
            if (total.of == of_rows::give_backs && way != direction::give_back) continue;
            if (!total.sum.given()) {
                counted[i] += decimal_one;
                continue;
            }
            const auto text = values.at(total.sum);
            const auto value = parse_decimal(text);
            if (!value) {
                return lines.fault(reconcile_errc::bad_line, found_and(text, "a number"), total.sum.name);
            }
            const auto room_left = *value < 0 ? std::numeric_limits<std::int64_t>::min() - *value
                                              : std::numeric_limits<std::int64_t>::max() - *value;
            if (*value < 0 ? counted[i] < room_left : counted[i] > room_left) {
                return lines.fault(reconcile_errc::bad_line, "the column adds up to too much", total.sum.name);
            }
            counted[i] += *value;
        }
        return {};
    }

    result<std::optional<entry>> row() {
        CIPHERLANE_CHECK(own_currency());
        std::optional<direction> way;
        bool counts = true;
        if (form.kind.place.given()) {
            CIPHERLANE_TRY(way, meaning(form.kind));
            counts = way.has_value();
        } else {
            CIPHERLANE_TRY(const auto sum, money(form.payment.amount));
            way = sum < 0 ? direction::give_back : direction::payment;
        }
        CIPHERLANE_CHECK(count(way.value_or(direction::payment)));
        if (!counts) return std::optional<entry>();
        const auto& places = form.places(*way);
        for (const auto& [field, value] : form.only) {
            if (values.at(places.keys[static_cast<std::size_t>(field)]) != value) return std::optional<entry>();
        }
        entry made;
        made.unit = unit;
        made.way = *way;
        if (places.status.place.given()) {
            CIPHERLANE_TRY(const auto stands, meaning(places.status));
            if (!stands) return std::optional<entry>();
            made.stands = *stands;
        }
        CIPHERLANE_TRY(const auto sum, money(places.amount));
        made.minor = sum < 0 ? -sum : sum;
        if (places.fee.given()) {
            CIPHERLANE_TRY(made.fee, fee(places.fee));
        }
        const auto text = values.at(places.time);
        const auto moment = parse_time(text, form.time_form, day);
        if (!moment) {
            const bool lacks_year = !day && form.time_form.find('Y') == std::string::npos;
            const auto expected =
                form.time_form + (lacks_year ? "; this form has no year: give the statement's last day (--to)" : "");
            return lines.fault(reconcile_errc::bad_line, found_and(text, expected), places.time.name);
        }
        made.moment = *moment;
        std::string day_of_row;
        made.key = made_key(form.match, [&](key_field which) -> std::string_view {
            const auto& place = places.keys[static_cast<std::size_t>(which)];
            if (place.given()) {
                const auto value = values.at(place);
                if (which != key_field::date || !value.empty()) return value; // undecided: the host gave no date
            }
            // A form whose rows have no date of their own has that of their time.
            return day_of_row = day_text(day_of(made.moment));
        });
        made.place = lines.number();
        return std::optional(std::move(made));
    }

    /// Cuts the line into a row's values.
    result<void> cut(std::string_view line) {
        if (form.shape == statement_form::layout::fixed) {
            const auto size = lines.line().size();
            if (size != form.line_size) {
                return lines.fault(lines.ended() ? reconcile_errc::bad_line : reconcile_errc::cut_short,
                    "found " + std::to_string(size) + " bytes, expected " + std::to_string(form.line_size));
            }
            static_cast<void>(values.cut(lines.line()));
            return {};
        }
        if (!values.cut(line)) return lines.fault(reconcile_errc::bad_line, "a quote is not closed on its line");
        if (values.count() == columns) return {};
        return lines.fault(lines.ended() ? reconcile_errc::bad_line : reconcile_errc::cut_short,
            "found " + std::to_string(values.count()) + " values, expected " + std::to_string(columns));
    }

    /// What stands behind the rows, from the line that ends them.
    result<void> tail(std::string_view end) {
        auto line = end;
        for (bool first = true;; first = false) {
            bool known = first || line.empty() || (!form.comment.empty() && line.starts_with(form.comment));
            for (std::size_t i = 0; i < stated.size(); ++i) {
                const auto& total = form.totals[i];
                if (!line.starts_with(total.line)) continue;
                known = true;
                if (stated[i]) return lines.fault(reconcile_errc::behind_end, "this total stands there twice");
                stated[i] = nth_decimal(line, total.nth);
                if (!stated[i]) {
                    return lines.fault(
                        reconcile_errc::cut_short, "expected " + std::to_string(total.nth) + " numbers");
                }
            }
            if (!known) {
                return lines.fault(reconcile_errc::behind_end,
                    "found \"" + printable_text(line, 60) + "\": two statements in one file?");
            }
            CIPHERLANE_TRY(const bool more, lines.next());
            if (!more) return {};
            CIPHERLANE_TRY(line, text());
        }
    }

    result<void> compare_totals() {
        for (std::size_t i = 0; i < stated.size(); ++i) {
            const auto& total = form.totals[i];
            if (!stated[i]) {
                return lines.fault(reconcile_errc::cut_short, "no line that begins with \"" + total.line + "\"");
            }
            if (*stated[i] == counted[i]) continue;
            const auto shown = [](std::int64_t value) {
                auto decimals = std::to_string((value < 0 ? -value : value) % decimal_one + decimal_one).substr(1);
                return (value < 0 ? "-" : "") + std::to_string((value < 0 ? -value : value) / decimal_one) + "." +
                       decimals;
            };
            return lines.fault(reconcile_errc::wrong_total,
                "number " + std::to_string(total.nth) + " of \"" + total.line + "\" says " + shown(*stated[i]) +
                    ", the rows make " + shown(counted[i]),
                total.sum.name);
        }
        return {};
    }

    result<std::optional<entry>> finish() {
        done = true;
        CIPHERLANE_CHECK(compare_totals());
        return std::optional<entry>();
    }

    result<std::optional<entry>> next() {
        while (!done) {
            const bool had_end = lines.ended();
            CIPHERLANE_TRY(const bool more, lines.next());
            if (!more) {
                if (lines.number() == 0) return lines.fault(reconcile_errc::cut_short, "the file is empty");
                if (!form.end.empty()) {
                    return lines.fault(reconcile_errc::cut_short, "no line that begins with \"" + form.end + "\"");
                }
                if (!named && form.shape == statement_form::layout::csv) {
                    return lines.fault(reconcile_errc::cut_short, "no line of names");
                }
                if (!had_end) return lines.fault(reconcile_errc::cut_short, "the last line has no end");
                return finish();
            }
            CIPHERLANE_TRY(const auto line, text());
            if (!form.end.empty() && line.starts_with(form.end)) {
                if (!named && form.shape == statement_form::layout::csv) {
                    return lines.fault(reconcile_errc::cut_short, "the end comes before the line of names");
                }
                CIPHERLANE_CHECK(tail(line));
                return finish();
            }
            if (line.empty() || (!form.comment.empty() && line.starts_with(form.comment))) continue;
            if (!named && form.shape == statement_form::layout::csv) {
                CIPHERLANE_CHECK(names(line));
                named = true;
                continue;
            }
            CIPHERLANE_CHECK(cut(line));
            CIPHERLANE_TRY(auto made, row());
            if (made) return made;
        }
        return std::optional<entry>();
    }
};

statement_reader::statement_reader(
    std::istream& in, statement_form form, std::string_view file, std::optional<std::int64_t> day)
    : state_(std::make_unique<state>(in, std::move(form), file, day)) {}
statement_reader::statement_reader(statement_reader&&) noexcept = default;
statement_reader& statement_reader::operator=(statement_reader&&) noexcept = default;
statement_reader::~statement_reader() = default;

result<std::optional<entry>> statement_reader::next() {
    return state_->next();
}

bool statement_reader::proves_itself() const noexcept {
    return !state_->form.end.empty();
}

} // namespace cipherlane::reconcile
