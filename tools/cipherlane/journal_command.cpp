#include "cipherlane/commands.hpp"
#include "cipherlane/journal_search.hpp"
#include "cipherlane/journal_words.hpp"
#include "cipherlane/key_input.hpp"
#include "cipherlane/payment_json.hpp"
#include "cipherlane/settings_input.hpp"
#include "cipherlane/tool_door.hpp"
#include "cipherlane/value_or_stop.hpp"

#include <cipherlane/core/printable_text.hpp>
#include <cipherlane/store/errc.hpp>
#include <cipherlane/store/file_key_provider.hpp>
#include <cipherlane/store/postgres_journal.hpp>
#include <cipherlane/store/sqlite_journal.hpp>
#include <cipherlane/till/advice.hpp>
#include <cipherlane/till/journal_start.hpp>
#include <cipherlane/till/till.hpp>

#include <nlohmann/json.hpp>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <deque>
#include <filesystem>
#include <iostream>
#include <iterator>
#include <utility>

namespace cipherlane::cli {
namespace {

using json = nlohmann::ordered_json;

call patient() {
    return call(std::chrono::minutes(5));
}

[[noreturn]] void end(ending how) {
    throw CLI::RuntimeError(static_cast<int>(how));
}

struct list_options {
    std::string file;
    std::string mark;
    std::string terminal;
    std::size_t limit = 200;
    journal_search search;
    bool open = false;
    output_form output = output_form::text;
    bool as_csv = false; ///< a flag of the command line

    [[nodiscard]] bool as_json() const { return output == output_form::json; }
    [[nodiscard]] bool wants(const store::journal_entry& entry) const {
        return (terminal.empty() || entry.record.terminal_id == terminal) && (!open || undecided(entry.record)) &&
               search.fits(entry.record);
    }
};

/// Of a journal of which not even the tables can be found, or a page of them.
constexpr std::string_view unreadable_advice =
    "it was cut or damaged, and nothing of it can be read: stop the till, keep this file and bring a whole copy; "
    "docs/19-a-damaged-journal.md";
constexpr std::string_view other_file_advice =
    "expected the file that journal.file of a till's settings names, of this version";

/// Ends the subcommand: a journal that is damaged is a check that failed, one that is none the caller's mistake.
[[noreturn]] void refuse_journal(const error& why, const std::string& file) {
    const auto is = [&](store_errc code) { return why.code() == make_error_code(code); };
    if (is(store_errc::corrupt) || is(store_errc::record_damaged))
        throw tool_stop(why, std::string(unreadable_advice), ending::difference);
    const bool unopened = is(store_errc::cannot_open) && !store::is_postgres_address(file);
    if (unopened || is(store_errc::not_a_journal) || is(store_errc::newer_schema))
        throw tool_stop(why, std::string(other_file_advice), ending::wrong_use);
    throw tool_stop(why, std::string(likely_cause(why)));
}
template <class T>
T value_of_journal(result<T> done, const std::string& file) {
    if (!done) refuse_journal(done.error(), file);
    return *std::move(done);
}

/// Whether what is missing is what a salvage has left behind: a person has seen that.
bool was_given_up(const std::string& file) {
    const auto found = store::check_journal(file, {}, patient());
    return found && found->lost.empty() && found->damaged.empty();
}

/// What a list found, and whether all of the journal that it has seen was as it was written.
struct list_result {
    std::vector<store::journal_entry> entries;
    bool whole = true;
};

/// The newest of all that fit, however far back, of a journal read from its beginning; a damaged one's, too.
list_result read_through(const list_options& options) {
    auto reader = value_of_journal(store::journal_reader::open(options.file), options.file);
    std::deque<store::journal_entry> newest;
    bool whole = true;
    while (auto entry = value_of_journal(reader.next(), options.file)) {
        whole = whole && entry->intact;
        if (!options.wants(*entry)) continue;
        newest.push_back(*std::move(entry));
        if (newest.size() > options.limit) newest.pop_front();
    }
    return {{std::make_move_iterator(newest.begin()), std::make_move_iterator(newest.end())},
        whole && (reader.lost().empty() || was_given_up(options.file))};
}

/// An index of a damaged file may leave out what is there, and nothing tells: what takes no time is read whole.
bool is_read_whole(const std::string& file) {
    constexpr std::uintmax_t small = 32U << 20U;
    std::error_code none;
    const auto size = std::filesystem::file_size(file, none);
    return !none && size <= small;
}

/// What nobody has decided yet, however old; oldest first.
result<std::vector<ports::journal_record>> open_of(store::journal& journal, const list_options& options) {
    std::vector<std::string> names{options.terminal};
    if (options.terminal.empty()) {
        CIPHERLANE_TRY(names, journal.terminals(patient()));
    }
    std::vector<ports::journal_record> all;
    for (const auto& name : names) {
        CIPHERLANE_TRY(auto records, journal.open_records(name, patient()));
        std::move(records.begin(), records.end(), std::back_inserter(all));
    }
    std::sort(all.begin(), all.end(),
        [](const auto& a, const auto& b) { return std::pair(a.created, a.id) < std::pair(b.created, b.id); });
    const auto surplus = all.size() - std::min(all.size(), options.limit);
    all.erase(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(surplus));
    return all;
}

/// Needs no key: no card data comes out.
result<std::unique_ptr<store::journal>> open_to_read(const std::string& file, const ports::clock& clock) {
    store::file_key_provider no_key{std::string()};
    if (store::is_postgres_address(file)) {
        store::postgres_settings how;
        how.address = file;
        how.access = store::journal_access::read_only;
        CIPHERLANE_TRY(auto opened, store::postgres_journal::open(how, no_key, clock, patient()));
        return std::unique_ptr<store::journal>(std::move(opened));
    }
    store::sqlite_journal_settings how;
    how.path = file;
    how.access = store::journal_access::read_only;
    CIPHERLANE_TRY(auto opened, store::sqlite_journal::open(how, no_key, clock, patient()));
    return std::unique_ptr<store::journal>(std::move(opened));
}

/// The newest. Works beside a running till.
list_result read_newest(const list_options& options) {
    const ports::system_clock clock;
    const auto journal = open_to_read(options.file, clock);
    if (!journal && journal.error().code() != make_error_code(store_errc::corrupt))
        refuse_journal(journal.error(), options.file);
    const auto wanted = [&] {
        return options.open ? open_of(**journal, options)
                            : (*journal)->list(options.terminal, options.limit, patient());
    };
    auto records = journal ? wanted() : result<std::vector<ports::journal_record>>(journal.error());
    if (!records) {
        auto found = read_through(options);
        found.whole = false;
        return found;
    }
    list_result found;
    for (auto& record : *records)
        found.entries.push_back({std::move(record), true});
    return found;
}

/// A file that was named and is not there is the caller's mistake, and nothing is to be made in its place.
void must_be_there(const std::string& file) {
    std::error_code ignored;
    if (store::is_postgres_address(file) || std::filesystem::is_regular_file(file, ignored)) return;
    if (std::filesystem::exists(file, ignored)) {
        const bool folder = std::filesystem::is_directory(file, ignored);
        throw tool_complaint(ending::wrong_use, printable_text(file) + ": found " +
                                                    (folder ? "a folder" : "no file") +
                                                    ", expected a journal's database");
    }
    if (file.find("://") != std::string::npos) // it may have a password in it
        throw tool_complaint(ending::wrong_use, "an address of another kind; expected a file or postgresql://…");
    throw tool_complaint(ending::wrong_use, printable_text(file) + ": no such file; expected a journal's database");
}

json rows_of(const std::vector<store::lost_records>& lost) {
    json rows = json::array();
    for (const auto& one : lost)
        rows.push_back({{"first", one.first}, {"last", one.last}});
    return rows;
}

json rows_of(const std::vector<store::journal_entry>& entries) {
    json rows = json::array();
    for (const auto& entry : entries)
        rows.push_back(cli::to_json(entry));
    return rows;
}

void list(const list_options& options) {
    must_be_there(options.file);
    const bool from_beginning = options.search.is_given() || is_read_whole(options.file);
    auto [entries, whole] = from_beginning ? read_through(options) : read_newest(options);
    if (!whole)
        std::cerr << "cipherlane journal: this journal is damaged, or some of its records cannot be read: cipherlane "
                     "journal check says more\n";
    const auto all = entries.size();
    const auto open =
        std::count_if(entries.begin(), entries.end(), [](const auto& entry) { return undecided(entry.record); });
    std::erase_if(entries, [&](const auto& entry) { return !options.wants(entry); });
    if (!options.as_json()) {
        print_rows(std::cout, entries);
        // Who reads that nothing is undecided must know of how many that is said.
        const auto* part = all < options.limit ? ""
                           : options.open      ? ", --limit reached"
                                               : ", the newest alone: --limit";
        std::cout << all << " record(s), " << open << " undecided" << part << "\n";
    } else {
        std::cout << rows_of(entries).dump(2) << "\n";
    }
    std::cout << std::flush;
    if (!whole) end(ending::difference);
}

/// All records, one a line, as they are read: a journal may be long.
void export_all(const list_options& options) {
    must_be_there(options.file);
    auto reader = value_of_journal(store::journal_reader::open(options.file), options.file);
    if (options.as_csv) std::cout << csv_names();
    bool whole = true;
    while (const auto entry = value_of_journal(reader.next(), options.file)) {
        whole = whole && entry->intact;
        if (!options.wants(*entry)) continue;
        std::cout << (options.as_csv ? to_csv(*entry) : cli::to_json(*entry).dump() + "\n");
    }
    std::cout << std::flush;
    const bool lacks = !reader.lost().empty() && !was_given_up(options.file);
    for (const auto& lost : reader.lost()) {
        std::cerr << "cipherlane journal export: record " << to_text(lost)
                  << (lacks ? " cannot be read\n" : ": left behind by a salvage\n");
    }
    if (!whole || lacks) end(ending::difference);
}

std::vector<store::journal_entry> entries_of(const std::vector<ports::journal_record>& records, bool intact) {
    std::vector<store::journal_entry> entries;
    for (const auto& record : records)
        entries.push_back({record, intact});
    return entries;
}

constexpr std::string_view damaged_advice = "stop the till and keep this file; cipherlane journal recover SETTINGS "
                                            "--salvage NEW brings over what can be read; "
                                            "then compare it with the host: docs/19-a-damaged-journal.md";

void print_damage(const std::vector<ports::journal_record>& damaged, const std::vector<store::lost_records>& lost) {
    for (const auto& one : lost)
        std::cout << "record " << to_text(one) << ": cannot be read\n";
    if (damaged.empty()) return;
    std::cout << "damaged records, as they read:\n";
    print_rows(std::cout, entries_of(damaged, false));
}

/// What is damaged, what can be read, what to do. Works beside a running till.
void check(const list_options& options) {
    must_be_there(options.file);
    const auto found = value_of_journal(store::check_journal(options.file, options.mark, patient()), options.file);
    if (options.as_json()) {
        const json made{{"whole", found.whole()}, {"journal", found.id}, {"commits", found.commits},
            {"records", found.records}, {"faults", found.faults},
            {"damaged", rows_of(entries_of(found.damaged, false))}, {"lost", rows_of(found.lost)},
            {"given_up", rows_of(found.given_up)}, {"undecided", rows_of(entries_of(found.open, true))},
            {"todo", found.whole() ? "" : damaged_advice}};
        std::cout << made.dump(2) << "\n";
    } else {
        std::cout << "journal " << (found.id.empty() ? "?" : found.id) << ", " << found.commits << " commits, "
                  << found.records << " record(s) read, " << found.open.size() << " undecided\n";
        for (const auto& fault : found.faults)
            std::cout << fault << "\n";
        print_damage(found.damaged, found.lost);
        for (const auto& one : found.given_up)
            std::cout << "record " << to_text(one) << ": left behind by a salvage\n";
        if (!found.open.empty()) print_rows(std::cout, entries_of(found.open, true));
        std::cout << (found.whole() ? "whole" : damaged_advice) << "\n";
    }
    if (!found.whole()) end(ending::difference);
}

struct init_options {
    std::string address;
    std::string role;
    output_form output = output_form::text;
};

/// The tables of shared books, by their owner, and the rights of the tills' role.
void init(const init_options& options) {
    if (!options.address.starts_with("postgres")) {
        throw tool_complaint(ending::wrong_use,
            "field address: expected postgresql://OWNER@HOST/DATABASE; a journal in a file needs no init");
    }
    store::postgres_settings how;
    how.address = options.address;
    check_or_stop(store::init_postgres(how, options.role, patient()), likely_cause);
    const auto name = store::printable_address(options.address);
    if (options.output == output_form::json)
        std::cout << json{{"books", name}, {"role", options.role}}.dump(2) << "\n";
    else
        std::cout << name << ": tables are there"
                  << (options.role.empty() ? "" : ", " + options.role + " may work with them") << "\n";
}

struct recover_options {
    std::string settings;
    std::string master_key;
    std::string salvage; ///< the new file; empty: recover
    output_form output = output_form::text;

    [[nodiscard]] bool as_json() const { return output == output_form::json; }
};

/// Brings over what can be read of a damaged journal.
void salvage(const recover_options& options) {
    const auto settings = read_settings(options.settings);
    const auto& place = settings.journal;
    if (!place.store.empty()) // a file of that name is an old one
        throw tool_complaint(ending::wrong_use,
            "journal.store: found shared books, expected a journal in a file: of a database keep backups");
    const auto done =
        value_or_stop(store::salvage_journal(place.file, place.mark_file, options.salvage, patient()), likely_cause);
    const auto next = "move " + place.file + " away, with its -wal and -shm; move " + options.salvage + " to " +
                      place.file + "; compare with the host; cipherlane journal recover";
    const bool whole = done.damaged.empty() && done.lost.empty() && done.remarks.empty();
    if (options.as_json()) {
        const json made{{"records", done.records}, {"damaged", rows_of(entries_of(done.damaged, false))},
            {"lost", rows_of(done.lost)}, {"remarks", done.remarks}, {"todo", next}};
        std::cout << made.dump(2) << "\n";
    } else {
        for (const auto& remark : done.remarks)
            std::cout << remark << "\n";
        print_damage(done.damaged, done.lost);
        std::cout << done.records << " record(s) brought over to " << options.salvage << "\n" << next << "\n";
    }
    if (!whole) end(ending::difference);
}

/// A person's word that this is the till's journal from now on.
void adopt(const recover_options& options) {
    keep_secrets();
    check_or_stop(adopt_journal(read_settings(options.settings), patient()), likely_cause);
    const auto next = "compare it with the host, and run: cipherlane journal recover " + options.settings;
    if (options.as_json())
        std::cout << json{{"adopted", true}, {"todo", next}}.dump(2) << "\n";
    else
        std::cout << "adopted; " << next << "\n";
}

/// The till that the settings name, cut down to what is needed: nobody is at the devices.
till open_till(const std::string& file, till_settings (*cut)(till_settings), const std::string& master_key = {}) {
    keep_secrets();
    auto settings = cut(read_settings(file));
    if (!master_key.empty()) {
        settings.sealer.key_file = master_key;
        for (auto& one : settings.terminals)
            one.key_file.clear();
    }
    return value_or_stop(till::open(std::move(settings), {}, patient()), likely_cause);
}

/// What a till does at its start: reversals go out, QR orders are decided, untold verdicts are shown.
void recover(const recover_options& options) {
    const auto cut = [](till_settings all) {
        all = without_devices(std::move(all));
        // A gateway is asked, and nobody listened to; of the SDK's own interface the key is of what it would say.
        const auto deaf = [](till_settings::gateway_place& one) {
            if (!one.address.empty()) one.notify_address.clear();
            if (one.kind == gateway_kind::cipherlane) one.public_key_file.clear();
        };
        deaf(all.gateway);
        std::for_each(all.more_gateways.begin(), all.more_gateways.end(), deaf);
        return all;
    };
    auto till = open_till(options.settings, cut, options.master_key);
    bool all = true;
    json rows = json::array();
    for (const auto& name : till.terminals()) {
        const auto found = value_or_stop(value_or_stop(till.at(name), likely_cause).recover(patient()), likely_cause);
        for (const auto& payment : found) {
            rows.push_back(cli::to_json(payment));
            if (!options.as_json()) std::cout << payment << "\n";
            all = all && payment.decided();
        }
    }
    const auto concerned = rows.size();
    if (options.as_json()) {
        std::cout << json{{"records", std::move(rows)}, {"concerned", concerned}, {"all_decided", all},
                         {"exit", static_cast<int>(all ? ending::done : ending::unknown)}}
                         .dump(2)
                  << "\n";
    } else {
        std::cout << concerned << " record(s) concerned, " << (all ? "all decided" : "not all decided") << "\n";
    }
    if (!all) end(ending::unknown);
}

struct decide_options {
    std::string settings;
    std::uint64_t record = 0;
    bool paid = false;
    bool not_paid = false; ///< one of the two
    std::string amount;    ///< with `paid`: what moved, where it is not all
    std::string note;
    std::string operator_id; ///< where the till has operators
    std::string secret;      ///< - or a file
    output_form output = output_form::text;
};

/// A person's word on one record. Needs the journal alone: nobody is asked.
void decide(const decide_options& options) {
    auto till = open_till(options.settings, books_alone);
    if (!options.operator_id.empty()) {
        const auto secret = read_secret_line("--secret", options.secret);
        (void)value_or_stop(till.sign_on(options.operator_id, secret, patient()), likely_cause);
    }
    const auto found = options.paid ? acquiring::finding::paid : acquiring::finding::not_paid;
    acquiring::decision_request wish(options.record, found, options.note);
    if (!options.amount.empty())
        wish.moved = value_or_stop(amount::parse(options.amount, till.terminal().unit), likely_cause);
    const auto decided = value_or_stop(till.decide(wish, patient()), likely_cause);
    if (options.output == output_form::json)
        std::cout << cli::to_json(decided).dump(2) << "\n";
    else
        std::cout << decided << "\n";
}

} // namespace

void add_journal_command(CLI::App& tool) {
    auto* journal = tool.add_subcommand("journal", "The payment journal of a till");
    journal->require_subcommand(1);

    auto listing = std::make_shared<list_options>();
    auto* list_app = journal->add_subcommand(
        "list", "Show records, newest last; works beside a running till. Exit code 1: the journal is damaged");
    list_app->add_option("file", listing->file, "The journal's file, or postgresql://HOST/DATABASE")->required();
    list_app->add_option("--terminal", listing->terminal, "One terminal only");
    list_app->add_option("--limit", listing->limit, "At most so many, the newest");
    list_app->add_flag("--open", listing->open, "Only what is not decided");
    add_search_options(*list_app, listing->search);
    add_json_flag(*list_app, listing->output);
    list_app->callback([listing] {
        listing->search.prepare();
        list(*listing);
    });

    auto checking = std::make_shared<list_options>();
    auto* check_app = journal->add_subcommand(
        "check", "Read all of a journal: what is damaged, what can be read, what to do. Exit code 1: damaged");
    check_app->add_option("file", checking->file, "The journal's file, or postgresql://HOST/DATABASE")->required();
    check_app->add_option("--mark", checking->mark, "Its mark; default: the file's name and .mark");
    add_json_flag(*check_app, checking->output);
    check_app->callback([checking] { check(*checking); });

    auto exporting = std::make_shared<list_options>();
    auto* export_app = journal->add_subcommand("export",
        "All records, one a line, a damaged journal's, too. Exit code 1: some cannot be read or are damaged");
    export_app->add_option("file", exporting->file, "The journal's file, or postgresql://HOST/DATABASE")->required();
    export_app->add_option("--terminal", exporting->terminal, "One terminal only");
    export_app->add_flag("--open", exporting->open, "Only what is not decided");
    auto* csv = export_app->add_flag("--csv", exporting->as_csv, "As CSV with a line of names");
    export_app
        ->add_flag_callback(
            "--json", [exporting] { exporting->output = output_form::json; },
            "As JSON lines, the default; errors too")
        ->excludes(csv);
    add_search_options(*export_app, exporting->search);
    export_app->callback([exporting] {
        exporting->search.prepare();
        export_all(*exporting);
    });

    auto beginning = std::make_shared<init_options>();
    auto* init_app = journal->add_subcommand("init",
        "Make the tables of shared books in a PostgreSQL database, or bring older ones up, as their owner; and give "
        "the tills' role what it needs");
    init_app->add_option("address", beginning->address, "postgresql://OWNER@HOST/DATABASE")->required();
    init_app->add_option("--role", beginning->role, "The role of the tills, which is there");
    add_json_flag(*init_app, beginning->output);
    init_app->callback([beginning] { init(*beginning); });

    auto recovering = std::make_shared<recover_options>();
    auto* recover_app = journal->add_subcommand(
        "recover", "Send pending reversals and decide QR orders; the till must not be running. Exit code 5: not all");
    recover_app->add_option("settings", recovering->settings, "The terminal's settings (TOML)")->required();
    recover_app->add_option("--master-key", recovering->master_key, "File with the TMK instead of the settings'");
    recover_app
        ->add_option("--salvage", recovering->salvage,
            "Instead: bring what can be read of a damaged journal into this new file. Exit code 1: not all")
        ->excludes("--master-key");
    add_json_flag(*recover_app, recovering->output);
    recover_app->callback(
        [recovering] { recovering->salvage.empty() ? recover(*recovering) : salvage(*recovering); });

    auto adopting = std::make_shared<recover_options>();
    auto* adopt_app = journal->add_subcommand("adopt", "Take what lies there as the till's journal from now on, or "
                                                       "begin a new one in the place of a lost one: after "
                                                       "somebody has compared with the host");
    adopt_app->add_option("settings", adopting->settings, "The terminal's settings (TOML)")->required();
    add_json_flag(*adopt_app, adopting->output);
    adopt_app->callback([adopting] { adopt(*adopting); });

    auto deciding = std::make_shared<decide_options>();
    auto* decide_app =
        journal->add_subcommand("decide", "Record what a person has found out about a QR order, a refund, a "
                                          "refused reversal or a payment at a card terminal that recover "
                                          "cannot decide; the till must not be running");
    decide_app->add_option("settings", deciding->settings, "The terminal's settings (TOML)")->required();
    decide_app->add_option("--record", deciding->record, "Its number, as list shows it")->required();
    auto* verdict = decide_app->add_option_group("verdict")->require_option(1);
    verdict->add_flag("--paid", deciding->paid, "The money moved (of a refund: it was given back)");
    verdict->add_flag("--not-paid", deciding->not_paid, "It did not, and will not any more");
    decide_app
        ->add_option("--amount", deciding->amount, "With --paid: what moved, where it is less than was asked for")
        ->excludes("--not-paid");
    decide_app->add_option("--note", deciding->note, "Who found out, and how; kept in the journal")->required();
    auto* who =
        decide_app->add_option("--operator", deciding->operator_id, "Who decides, where the till has operators");
    auto* secret =
        decide_app->add_option("--secret", deciding->secret, "Their PIN or password; - or a file of mode 0600");
    who->needs(secret);
    secret->needs(who);
    add_json_flag(*decide_app, deciding->output);
    decide_app->callback([deciding] { decide(*deciding); });
}

} // namespace cipherlane::cli
