#include "cipherlane/commands.hpp"
#include "cipherlane/key_input.hpp"

#include <cipherlane/ledger/record_life.hpp>
#include <cipherlane/ledger/trades.hpp>
#include <cipherlane/store/file_key_provider.hpp>
#include <cipherlane/store/sqlite_journal.hpp>
#include <cipherlane/till/till.hpp>

#include <nlohmann/json.hpp>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <iostream>

namespace cipherlane::cli {
namespace {

using json = nlohmann::ordered_json;

constexpr int failed_code = 2;
constexpr int undecided_code = 1;

call patient() {
    return call(std::chrono::minutes(5));
}

template <class T>
T value_or_fail(result<T> done) {
    if (done) return *std::move(done);
    std::cerr << "cipherlane journal: " << done.error() << "\n";
    throw CLI::RuntimeError(failed_code);
}

/// Whether a person or a recovery must still do something about a record.
bool undecided(const ports::journal_record& record) {
    return ledger::states::open.contains(record.state);
}

std::string words(const ports::journal_record& record) {
    std::string text(ports::to_string(record.state));
    if (!record.host_code.empty()) text += " " + record.host_code;
    if (!record.closed && !undecided(record)) text += ", not told";
    if (!record.note.empty()) text += ", by a person: " + record.note;
    return text;
}

void print_row(const ports::journal_record& record) {
    std::printf("%6llu  %-8s  %s  %06u  %06u  %-9s  %14s  %-19s  %s\n", static_cast<unsigned long long>(record.id),
        record.terminal_id.c_str(), ports::to_civil(record.created).to_string().c_str(), record.batch, record.trace,
        std::string(ledger::row_of(record.kind).name).c_str(), record.requested.to_string().c_str(),
        record.masked_pan.empty() ? record.order_number.substr(0, 19).c_str() : record.masked_pan.c_str(),
        words(record).c_str());
}

json to_json(const ports::journal_record& record) {
    return {{"id", record.id}, {"terminal", record.terminal_id},
        {"created", ports::to_civil(record.created).to_string()}, {"batch", record.batch}, {"trace", record.trace},
        {"kind", ledger::row_of(record.kind).name}, {"state", ports::to_string(record.state)},
        {"requested", record.requested.minor()}, {"approved", record.approved.minor()}, {"card", record.masked_pan},
        {"order", record.order_number}, {"host_code", record.host_code}, {"reference", record.reference},
        {"authorization", record.authorization}, {"key", record.idempotency_key}, {"told", record.closed},
        {"settled", record.settled}, {"undecided", undecided(record)}, {"note", record.note}};
}

struct list_options {
    std::string file;
    std::string terminal;
    std::size_t limit = 200;
    bool open = false;
    bool as_json = false;
};

/// Needs no key: no card data comes out. Works beside a running till.
void list(const list_options& options) {
    store::sqlite_journal_settings how;
    how.path = options.file;
    how.access = store::journal_access::read_only;
    store::file_key_provider no_key{std::string()};
    const ports::system_clock clock;
    const auto journal = value_or_fail(store::sqlite_journal::open(how, no_key, clock, patient()));
    const auto records = value_or_fail(journal->list(options.terminal, options.limit, patient()));
    json rows = json::array();
    if (!options.as_json) {
        std::printf("%6s  %-8s  %-19s  %-6s  %-6s  %-9s  %14s  %-19s  %s\n", "record", "terminal", "created", "batch",
            "trace", "trade", "amount", "card or order", "state");
    }
    std::size_t open = 0;
    for (const auto& record : records) {
        if (undecided(record)) ++open;
        if (options.open && !undecided(record)) continue;
        if (options.as_json) {
            rows.push_back(to_json(record));
        } else {
            print_row(record);
        }
    }
    if (options.as_json) {
        std::cout << rows.dump(2) << "\n";
    } else {
        std::printf("%zu record(s), %zu undecided\n", records.size(), open);
    }
}

struct recover_options {
    std::string settings;
    std::string master_key;
};

/// The till that the settings name, without what a journal's owner does not need: nobody is at the devices.
till open_till(const std::string& file, void (*cut)(till_settings&), const std::string& master_key = {}) {
    keep_secrets("journal");
    auto settings = value_or_fail(load_till(file));
    settings.pinpad = {};
    settings.display = {};
    cut(settings);
    if (!master_key.empty()) {
        settings.sealer.key_file = master_key;
        for (auto& one : settings.terminals)
            one.key_file.clear();
    }
    return value_or_fail(till::open(std::move(settings), {}, patient()));
}

/// What a till does at its start: reversals go out, QR orders are decided, untold verdicts are shown.
void recover(const recover_options& options) {
    auto till = open_till(
        options.settings, [](till_settings& all) { all.gateway.notify_address.clear(); }, options.master_key);
    bool all = true;
    std::size_t concerned = 0;
    for (const auto& name : till.terminals()) {
        const auto found = value_or_fail(value_or_fail(till.at(name)).recover(patient()));
        for (const auto& payment : found) {
            std::cout << payment << "\n";
            all = all && payment.outcome != verdict::unknown;
        }
        concerned += found.size();
    }
    std::cout << concerned << " record(s) concerned, " << (all ? "all decided" : "not all decided") << "\n";
    if (!all) throw CLI::RuntimeError(undecided_code);
}

struct decide_options {
    std::string settings;
    std::uint64_t record = 0;
    bool paid = false;
    bool not_paid = false; ///< one of the two
    std::string note;
};

/// A person's word on one record. Needs the journal alone: nobody is asked.
void decide(const decide_options& options) {
    auto till = open_till(options.settings, [](till_settings& all) { all.host = {}, all.gateway = {}; });
    const auto found = options.paid ? acquiring::finding::paid : acquiring::finding::not_paid;
    std::cout << value_or_fail(till.decide({options.record, found, options.note}, patient())) << "\n";
}

} // namespace

void add_journal_command(CLI::App& tool) {
    auto* journal = tool.add_subcommand("journal", "The payment journal of a till");
    journal->require_subcommand(1);

    auto listing = std::make_shared<list_options>();
    auto* list_app = journal->add_subcommand("list", "Show records, newest last; works beside a running till");
    list_app->add_option("file", listing->file, "The journal's database")->required();
    list_app->add_option("--terminal", listing->terminal, "One terminal only");
    list_app->add_option("--limit", listing->limit, "At most so many, the newest");
    list_app->add_flag("--open", listing->open, "Only what is not decided");
    list_app->add_flag("--json", listing->as_json, "As JSON, amounts in minor units");
    list_app->callback([listing] { list(*listing); });

    auto recovering = std::make_shared<recover_options>();
    auto* recover_app = journal->add_subcommand(
        "recover", "Send pending reversals and decide QR orders; the till must not be running. Exit code 1: not all");
    recover_app->add_option("settings", recovering->settings, "The terminal's settings (TOML)")->required();
    recover_app->add_option("--master-key", recovering->master_key, "File with the TMK instead of the settings'");
    recover_app->callback([recovering] { recover(*recovering); });

    auto deciding = std::make_shared<decide_options>();
    auto* decide_app =
        journal->add_subcommand("decide", "Record what a person has found out about a QR order, a refund or a "
                                          "refused reversal that recover cannot decide; the till must not "
                                          "be running");
    decide_app->add_option("settings", deciding->settings, "The terminal's settings (TOML)")->required();
    decide_app->add_option("--record", deciding->record, "Its number, as list shows it")->required();
    auto* verdict = decide_app->add_option_group("verdict")->require_option(1);
    verdict->add_flag("--paid", deciding->paid, "The money moved (of a refund: it was given back)");
    verdict->add_flag("--not-paid", deciding->not_paid, "It did not, and will not any more");
    decide_app->add_option("--note", deciding->note, "Who found out, and how; kept in the journal")->required();
    decide_app->callback([deciding] { decide(*deciding); });
}

} // namespace cipherlane::cli
