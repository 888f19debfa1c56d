#include "own_words.hpp"
#include "shipped_forms.hpp"

#include <cipherlane/core/currency_setting.hpp>
#include <cipherlane/core/strict_toml.hpp>
#include <cipherlane/ledger/record_life.hpp>
#include <cipherlane/ledger/trades.hpp>
#include <cipherlane/reconcile/errc.hpp>
#include <cipherlane/reconcile/statement_form.hpp>

#include <algorithm>

namespace cipherlane::reconcile {
namespace {

toml_faults faults() {
    return {layer::core, "load statement form", reconcile_errc::cannot_read, reconcile_errc::bad_form,
        reconcile_errc::bad_form};
}

constexpr std::size_t longest_line = 65'536;

/// Reads one description.
class form_reader {
  public:
    form_reader(const toml_value& root, toml_report& report)
        : top_(root, "", report) {}

    statement_form read() {
        file();
        rows();
        auto keys = top_.section("key");
        place(top_, "row_currency", form_.row_money);
        place(top_, "amount", form_.payment.amount);
        top_.need("amount");
        time();
        place(top_, "fee", form_.payment.fee);
        top_.choice("fee_taken", form_.fee_taken_minus, {{"plus", false}, {"minus", true}});
        status(top_, form_.payment);
        read_keys(keys, form_.payment);
        give_back();
        kind();
        totals();
        match();
        top_.finish();
        return std::move(form_);
    }

  private:
    using form = statement_form;

    void file() {
        top_.need("name");
        if (auto text = top_.text("name", 40)) form_.name = *std::move(text);
        if (auto text = top_.text("title", 120)) form_.title = *std::move(text);
        if (auto text = top_.text("source", 200)) form_.source = *std::move(text);
        top_.need("form");
        top_.choice("form", form_.shape, {{"csv", form::layout::csv}, {"fixed", form::layout::fixed}});
        top_.need("encoding");
        top_.choice("encoding", form_.encoding, {{"utf-8", form::text_set::utf8}, {"gbk", form::text_set::gbk}});
        top_.need("amounts");
        top_.choice("amounts", form_.amounts, {{"major", form::unit::major}, {"minor", form::unit::minor}});
        read_currency(top_, form_.money);
    }

    void rows() {
        auto rows = top_.section("rows");
        if (form_.shape == form::layout::csv) {
            rows.character("separator", form_.separator);
            bool quoted = true;
            rows.flag("quotes", quoted);
            if (!quoted) form_.quote = 0;
            if (auto text = rows.text("lead", 4)) form_.lead = *std::move(text);
        } else {
            rows.need("size");
            rows.number("size", form_.line_size, 1, longest_line);
        }
        if (auto text = rows.text("comment", 40)) form_.comment = *std::move(text);
        if (auto text = rows.text("end", 120)) form_.end = *std::move(text);
        rows.finish();
    }

    void read_place(toml_reader& at, value_place& to) {
        if (form_.shape == form::layout::csv) {
            at.need("column");
            if (auto text = at.text("column", 80)) to = {*std::move(text), 0, 0};
            return;
        }
        at.need("at");
        at.need("size");
        to.name.clear();
        at.number("at", to.at, 0, longest_line);
        at.number("size", to.size, 1, longest_line);
        if (to.at + to.size > form_.line_size) {
            at.fail("at", "ends behind the line of " + std::to_string(form_.line_size) + " bytes");
        }
    }

    void place(toml_reader& of, std::string_view key, value_place& to) {
        if (!of.has(key)) return;
        auto at = of.section(key);
        read_place(at, to);
        at.finish();
    }

    void time() {
        top_.need("time");
        auto at = top_.section("time");
        read_place(at, form_.payment.time);
        at.need("form");
        if (auto text = at.text("form", 40)) form_.time_form = *std::move(text);
        for (const std::string_view part : {"MM", "DD"}) {
            if (form_.time_form.find(part) == std::string::npos) at.fail("form", "expected YYYY, MM, DD, hh, mm, ss");
        }
        at.finish();
    }

    template <class Meaning>
    void words(toml_reader& at, std::string_view key, std::optional<Meaning> meaning, word_column<Meaning>& to) {
        std::vector<std::string> found;
        at.texts(key, found);
        for (auto& word : found) {
            const bool there =
                std::any_of(to.words.begin(), to.words.end(), [&](const auto& one) { return one.first == word; });
            if (there) at.fail(key, "the word stands there twice");
            to.words.emplace_back(std::move(word), meaning);
        }
    }

    /// Whether a column has the words of the till's own journal, which need not be listed.
    static bool is_own(toml_reader& at) {
        bool own = false;
        at.choice("words", own, {{"journal", true}});
        return own;
    }

    void status(toml_reader& of, row_places& to) {
        if (!of.has("status")) return;
        auto at = of.section("status");
        to.status = {};
        read_place(at, to.status.place);
        if (is_own(at)) {
            for (const auto state : ledger::states::all)
                to.status.words.emplace_back(ports::to_string(state), standing_of(state));
        }
        words<standing>(at, "moved", standing::moved, to.status);
        words<standing>(at, "undecided", standing::undecided, to.status);
        words<standing>(at, "not_moved", standing::not_moved, to.status);
        words<standing>(at, "ignore", std::nullopt, to.status);
        at.finish();
    }

    void read_keys(toml_reader& keys, row_places& to) {
        for (std::size_t i = 0; i < key_fields; ++i)
            place(keys, key_field_names[i], to.keys[i]);
        keys.finish();
    }

    /// Where a row of money given back differs from that of a payment.
    void give_back() {
        form_.give_back = form_.payment;
        if (!top_.has("give_back")) return;
        auto at = top_.section("give_back");
        place(at, "amount", form_.give_back.amount);
        place(at, "fee", form_.give_back.fee);
        place(at, "time", form_.give_back.time);
        status(at, form_.give_back);
        auto keys = at.section("key");
        read_keys(keys, form_.give_back);
        at.finish();
    }

    void kind() {
        if (!top_.has("kind")) return;
        auto at = top_.section("kind");
        read_place(at, form_.kind.place);
        if (is_own(at)) {
            for (const auto& row : ledger::trades())
                form_.kind.words.emplace_back(row.name, way_of(row));
        }
        words<direction>(at, "payment", direction::payment, form_.kind);
        words<direction>(at, "give_back", direction::give_back, form_.kind);
        words<direction>(at, "ignore", std::nullopt, form_.kind);
        at.finish();
    }

    void totals() {
        for (auto& at : top_.sections("total")) {
            stated_total one;
            at.need("line");
            if (auto text = at.text("line", 120)) one.line = *std::move(text);
            at.number("number", one.nth, 1, 99);
            if (at.has("sum")) {
                auto sum = at.section("sum");
                read_place(sum, one.sum);
                sum.finish();
            }
            using of_rows = stated_total::of_rows;
            at.choice("of", one.of,
                {{"all", of_rows::all}, {"payments", of_rows::payments}, {"give_backs", of_rows::give_backs}});
            at.finish();
            if (form_.end.empty()) at.fail("line", "totals stand behind rows.end, which is missing");
            form_.totals.push_back(std::move(one));
        }
    }

    void match() {
        top_.need("match");
        std::vector<std::string> names;
        top_.texts("match", names);
        if (names.empty() && top_.has("match")) top_.fail("match", "expected one key at least");
        for (const auto& name : names) {
            const auto at = std::find(key_field_names.begin(), key_field_names.end(), name);
            const auto which = static_cast<std::size_t>(at - key_field_names.begin());
            if (at == key_field_names.end()) {
                top_.fail(
                    "match", "allowed: order, reference, terminal, merchant, trace, batch, date, authorization");
            } else if (static_cast<key_field>(which) != key_field::date && !form_.payment.keys[which].given()) {
                top_.fail("match", "key." + name + " has no column");
            } else {
                form_.match.push_back(static_cast<key_field>(which));
            }
        }
        std::vector<std::string> channels;
        top_.texts("trades", channels);
        for (const auto& name : channels) {
            if (name == "host") {
                form_.channels.push_back(ledger::channel::host);
            } else if (name == "gateway") {
                form_.channels.push_back(ledger::channel::gateway);
            } else if (name == "terminal") {
                form_.channels.push_back(ledger::channel::terminal);
            } else {
                top_.fail("trades", "allowed: host, gateway, terminal");
            }
        }
    }

    toml_reader top_;
    statement_form form_;
};

result<statement_form> read_form(const toml_value& root, std::string_view file) {
    toml_report report(faults(), file);
    auto made = form_reader(root, report).read();
    CIPHERLANE_CHECK(report.outcome());
    return made;
}

} // namespace

bool statement_form::covers(ports::trade trade) const noexcept {
    const auto* row = ledger::find_row(trade);
    return row != nullptr &&
           (channels.empty() || std::find(channels.begin(), channels.end(), row->through) != channels.end());
}

result<statement_form> parse_statement_form(std::string_view text, std::string_view file) {
    CIPHERLANE_TRY(const auto root, parse_toml(text, faults(), file));
    return read_form(root, file);
}

result<statement_form> load_statement_form(const std::filesystem::path& file) {
    CIPHERLANE_TRY(const auto root, load_toml(file, faults()));
    return read_form(root, file.string());
}

result<statement_form> find_statement_form(std::string_view name) {
    std::string known;
    for (const auto& form : shipped_forms()) {
        if (form.name == name) return parse_statement_form(form.text, std::string(name) + ".toml");
        known += (known.empty() ? "allowed: " : ", ");
        known += form.name;
    }
    return error(reconcile_errc::bad_form, layer::core)
        .during("find statement form")
        .in_field(name)
        .with_hint(known + ", or a TOML file");
}

std::vector<std::string_view> statement_form_names() {
    std::vector<std::string_view> names;
    for (const auto& form : shipped_forms())
        names.push_back(form.name);
    return names;
}

} // namespace cipherlane::reconcile
