#include "cipherlane/commands.hpp"
#include "cipherlane/reconcile_words.hpp"
#include "cipherlane/tool_door.hpp"
#include "cipherlane/value_or_stop.hpp"

#include <cipherlane/ledger/trades.hpp>
#include <cipherlane/reconcile/comparison.hpp>
#include <cipherlane/reconcile/errc.hpp>
#include <cipherlane/reconcile/statement_digest.hpp>
#include <cipherlane/reconcile/statement_reader.hpp>
#include <cipherlane/store/journal_check.hpp>

#include <nlohmann/json.hpp>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>
#include <iostream>

namespace cipherlane::cli {
namespace {

using namespace cipherlane::reconcile;

struct reconcile_options {
    std::string ours;
    std::string form;
    std::vector<std::string> statements;
    std::vector<std::string> match;
    std::string from;
    std::string to;
    std::string terminal;
    std::string merchant;
    unsigned boundary = 30;
    output_form output = output_form::text;
    bool as_csv = false; ///< a flag of the command line

    [[nodiscard]] bool as_json() const { return output == output_form::json; }
};

constexpr std::string_view fetch_again =
    "fetch the statement again; docs/28-reconciliation.md says how a form is made";

std::optional<std::int64_t> day_or_stop(std::string_view name, const std::string& text) {
    if (text.empty()) return std::nullopt;
    const auto day = parse_day(text);
    if (day) return day;
    throw tool_complaint(ending::wrong_use, std::string(name) + ": found \"" + text + "\", expected YYYYMMDD");
}

statement_form form_of(const reconcile_options& options) {
    const std::filesystem::path file(options.form);
    const bool is_file = file.has_parent_path() || file.extension() == ".toml";
    auto form = value_or_stop(is_file ? load_statement_form(file) : find_statement_form(options.form),
        "name a form that is shipped, or the file of one", ending::wrong_use);
    if (options.match.empty()) return form;
    form.match.clear();
    for (const auto& name : options.match) {
        const auto at = std::find(key_field_names.begin(), key_field_names.end(), name);
        const auto which = static_cast<key_field>(at - key_field_names.begin());
        const bool known = at != key_field_names.end();
        if (!known || (which != key_field::date && !form.payment.keys[static_cast<std::size_t>(which)].given())) {
            throw tool_complaint(ending::wrong_use, "--match: this form has no " + name);
        }
        form.match.push_back(which);
    }
    return form;
}

bool is_export(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    std::string start(15, '\0');
    in.read(start.data(), static_cast<std::streamsize>(start.size()));
    return in.gcount() > 0 && start != "SQLite format 3";
}

/// Which rows of an export count: of one terminal or merchant where it is asked for, and of the trades that the
/// statement is about.
void narrow(statement_form& form, const reconcile_options& options, const statement_form& theirs) {
    if (!options.terminal.empty()) form.only.emplace_back(key_field::terminal, options.terminal);
    if (!options.merchant.empty()) form.only.emplace_back(key_field::merchant, options.merchant);
    for (auto& [word, way] : form.kind.words) {
        for (const auto& row : ledger::trades()) {
            if (row.name == word && !theirs.covers(row.kind)) way.reset();
        }
    }
}

/// Our side from an export.
void read_export(const reconcile_options& options, const statement_form& theirs, comparison& books) {
    auto form = value_or_stop(find_statement_form("journal-export"), "", ending::wrong_use);
    form.match = theirs.match;
    narrow(form, options, theirs);
    std::ifstream in(options.ours, std::ios::binary);
    statement_reader reader(in, form, std::filesystem::path(options.ours).filename().string());
    while (const auto next =
               value_or_stop(reader.next(), "cipherlane journal export --csv writes such a file", ending::wrong_use))
        books.add_ours(*next);
}

/// Our side from the journal itself, beside a running till. Nothing in a damaged record is certain: it counts on
/// neither side. @return whether all of it could be read
bool read_journal(const reconcile_options& options, const statement_form& form, comparison& books) {
    auto reader = value_or_stop(
        store::journal_reader::open(options.ours), "name the journal's database or its export", ending::wrong_use);
    bool whole = true;
    while (const auto found = value_or_stop(reader.next(), "cipherlane journal check says more", ending::wrong_use)) {
        const auto& record = found->record;
        whole = whole && found->intact;
        if (!found->intact) continue;
        if (!options.terminal.empty() && record.terminal_id != options.terminal) continue;
        if (!options.merchant.empty() && record.merchant_id != options.merchant) continue;
        if (!form.covers(record.kind)) continue;
        if (const auto one = own_entry(record, form.match)) books.add_ours(*one);
    }
    return whole && reader.lost().empty();
}

/// @return whether every statement proves that it is whole
bool read_statements(const reconcile_options& options, const statement_form& form, comparison& books) {
    statement_digests given;
    bool proven = true;
    for (const auto& file : options.statements) {
        const auto added = given.add(file);
        if (!added) throw tool_stop(added.error(), {}, ending::wrong_use);
        std::ifstream in(file, std::ios::binary);
        statement_reader reader(
            in, form, std::filesystem::path(file).filename().string(), day_or_stop("--to", options.to));
        bool rows = false;
        while (const auto next = value_or_stop(reader.next(), fetch_again, ending::wrong_use)) {
            books.add_theirs(*next);
            rows = true;
        }
        if (!rows && (options.from.empty() || options.to.empty())) {
            throw tool_complaint(
                ending::wrong_use, file + ": no rows, and so no days; --from and --to say which it is about");
        }
        proven = proven && reader.proves_itself();
    }
    return proven;
}

void compare(const reconcile_options& options) {
    const auto form = form_of(options);
    comparison_settings how;
    how.first_day = day_or_stop("--from", options.from);
    how.last_day = day_or_stop("--to", options.to);
    how.boundary = std::chrono::minutes(options.boundary);
    how.money = form.money;
    // Printed when all has been read: of a statement that is refused nothing is said.
    std::string told;
    comparison books(how, [&](const difference& what) {
        if (options.as_csv) {
            told += to_csv(what);
        } else if (options.as_json()) {
            told += (told.empty() ? "\n" : ",\n") + cli::to_json(what).dump();
        } else {
            told += to_text(what, form.money);
        }
    });
    bool whole = true;
    if (is_export(options.ours)) {
        read_export(options, form, books);
    } else {
        whole = read_journal(options, form, books);
    }
    const bool proven = read_statements(options, form, books);
    const auto sums = books.finish();
    if (options.as_json()) {
        std::cout << "{\"differences\": [" << told << "],\n\"journal_whole\": " << (whole ? "true" : "false")
                  << ",\n\"statements_prove_themselves\": " << (proven ? "true" : "false")
                  << ",\n\"summary\": " << cli::to_json(sums).dump(2) << "}\n";
    } else if (options.as_csv) {
        std::cout << difference_names() << told;
    } else {
        std::cout << told << to_text(sums, form.money);
    }
    std::cout << std::flush;
    if (!whole)
        std::cerr << "cipherlane reconcile: some records of the journal are damaged and not compared: journal "
                     "check says more\n";
    if (!proven)
        std::cerr << "cipherlane reconcile: this form has no end: compare the number of rows with the sender's\n";
    if (!whole || sums.to_do() != 0) throw CLI::RuntimeError(static_cast<int>(ending::difference));
}

} // namespace

void add_reconcile_command(CLI::App& tool) {
    auto options = std::make_shared<reconcile_options>();
    auto* app = tool.add_subcommand(
        "reconcile", "Compare a till's journal with statements of an acquirer or gateway. Exit code 1: they differ");
    app->add_option("journal", options->ours, "The journal's database, or what journal export --csv wrote")
        ->required();
    app->add_option("--statement", options->statements, "The statement; may be given more than once")->required();
    std::string known;
    for (const auto name : statement_form_names())
        known.append(known.empty() ? "" : ", ").append(name);
    app->add_option("--form", options->form, "How the statement is read: " + known + ", or a TOML file")->required();
    app->add_option(
           "--match", options->match, "What names a payment, instead of the form's own, as terminal,trace,date")
        ->delimiter(',');
    app->add_option("--from", options->from, "First day, YYYYMMDD; default: the first in the statement");
    app->add_option("--to", options->to, "Last day; gives times without a year theirs");
    app->add_option(
        "--boundary", options->boundary, "Minutes before the end of the last day that may be booked later");
    app->add_option("--terminal", options->terminal, "One terminal only, of the journal");
    app->add_option("--merchant", options->merchant, "One merchant only, of the journal");
    auto* csv = app->add_flag("--csv", options->as_csv, "Differences as CSV with a line of names");
    add_json_flag(*app, options->output);
    csv->excludes("--json");
    app->callback([options] { compare(*options); });
}

} // namespace cipherlane::cli
