// A till for scripts and rigs: each trade by key and amount, one process a trade.
#include "cipherlane/commands.hpp"
#include "cipherlane/key_input.hpp"
#include "cipherlane/payment_json.hpp"
#include "cipherlane/settings_input.hpp"
#include "cipherlane/tool_door.hpp"

#include <cipherlane/acquiring/errc.hpp>
#include <cipherlane/ledger/trades.hpp>
#include <cipherlane/till/advice.hpp>
#include <cipherlane/till/journal_start.hpp>
#include <cipherlane/till/till.hpp>

#include <nlohmann/json.hpp>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <iostream>

namespace cipherlane::cli {
namespace {

using json = nlohmann::ordered_json;

struct till_options {
    std::string settings;
    std::string terminal;
    std::string key;
    std::string amount;
    std::string original;
    std::string subject = "payment";
    std::string code;
    std::string authorization;
    std::string plan;
    std::string service;
    int periods = 0;
    std::string copy = "cardholder";
    std::size_t columns = 32;
    unsigned seconds = 120;
    bool partial = false;     ///< a flag of the command line
    bool close_batch = false; ///< likewise
    bool print = false;       ///< likewise
    bool as_json = false;     ///< likewise

    [[nodiscard]] output_form form() const { return as_json ? output_form::json : output_form::text; }
    [[nodiscard]] call bounds() const { return call(std::chrono::seconds(seconds)); }
};

/// How one subcommand is told its outcome and ends.
class teller {
  public:
    teller(std::string subcommand, const till_options& options)
        : subcommand_("till " + std::move(subcommand))
        , form_(options.form()) {}

    [[nodiscard]] const std::string& name() const noexcept { return subcommand_; }
    [[noreturn]] void fail(const error& why) const { end(tell(subcommand_, why, likely_cause(why), form_)); }
    template <class T>
    [[nodiscard]] T need(result<T> got) const {
        if (!got) fail(got.error());
        return *std::move(got);
    }
    /// Says what came out, and ends where that is more than "done".
    void say(const json& as_json, const std::string& as_text, ending ends) const {
        print(as_json, as_text, ends);
        if (ends != ending::done) end(ends);
    }
    /// @return whether whoever listens has got it.
    bool print(const json& as_json, const std::string& as_text, ending ends) const {
        if (form_ == output_form::json) {
            json made = as_json;
            made["exit"] = static_cast<int>(ends);
            std::cout << made.dump(2) << "\n";
        } else {
            std::cout << as_text << (as_text.ends_with('\n') ? "" : "\n");
        }
        return std::cout.flush().good();
    }
    [[noreturn]] static void end(ending how) { throw CLI::RuntimeError(static_cast<int>(how)); }

  private:
    const std::string subcommand_;
    const output_form form_;
};

/// The till of the settings, for the terminal that was asked for.
template <class Cut>
till open(const till_options& options, const teller& by, Cut cut) {
    keep_secrets();
    auto settings = read_settings(options.settings);
    cut(settings);
    till::parts with;
    with.log = logger(log_level::warning, [](log_level, std::string_view component, std::string_view line) {
        std::cerr << component << ": " << line << "\n";
    });
    auto all = by.need(till::open(std::move(settings), std::move(with), options.bounds()));
    if (options.terminal.empty()) return all;
    return by.need(all.at(options.terminal));
}

till open(const till_options& options, const teller& by) {
    return open(options, by, [](till_settings&) {});
}

/// For what needs the journal alone.
till open_books(const till_options& options, const teller& by) {
    return open(options, by, [&options](till_settings& all) {
        auto printer = all.printer;
        all = books_alone(std::move(all));
        if (options.print) all.printer = std::move(printer);
    });
}

ending ending_of(const payment& what) {
    switch (what.outcome) {
    case verdict::approved: return ending::done;
    case verdict::declined: return ending::refused;
    case verdict::reversed:
        return what.why && what.why->is(condition::rejected_by_peer) ? ending::refused : ending::unreachable;
    case verdict::not_sent: return ending::unreachable;
    case verdict::stored: return ending::done; // the host is told until it answers: nobody has to act
    case verdict::voided:
    case verdict::refunded: return ending::difference; // it was approved, and the money went back
    case verdict::unknown: break;
    }
    return ending::unknown;
}

std::string to_text(const payment& what) {
    std::ostringstream text;
    text << what;
    if (what.told == acquiring::told::recorded) text << " (recorded)";
    return text.str();
}

/// What was printed counts as told: recovery does not tell it again.
void say(const teller& by, till& at, const payment& what) {
    const auto ends = ending_of(what);
    if (by.print(cli::to_json(what), to_text(what), ends)) (void)at.acknowledge(what, call(std::chrono::seconds(10)));
    if (ends != ending::done) teller::end(ends);
}

amount read_amount(const till_options& options, const teller& by, till& at) {
    return by.need(amount::parse(options.amount, at.terminal().unit));
}

/// A payment by its key, or by its handle where no key reads so.
payment find_original(const till_options& options, const teller& by, till& at) {
    if (auto found = by.need(at.lookup(options.original, options.bounds()))) return *std::move(found);
    std::uint64_t handle = 0;
    const auto& text = options.original;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), handle);
    if (fault == std::errc{} && end == text.data() + text.size()) {
        if (auto found = by.need(at.lookup(handle, options.bounds()))) return *std::move(found);
    }
    by.fail(error(acquiring_errc::no_original, layer::tools)
                .during("lookup")
                .in_field("original")
                .with_hint("expected the key or the handle of a payment of this terminal"));
}

/// The first start, by somebody's word.
void init(const till_options& options) {
    const teller by("init", options);
    keep_secrets();
    const auto settings = read_settings(options.settings);
    if (const auto begun = begin_journal(settings, options.bounds()); !begun) by.fail(begun.error());
    const auto name = settings.journal.name();
    by.say({{"journal", name}},
        name + (settings.journal.store.empty() ? " is there, with its key and its mark" : " is there, with its key"),
        ending::done);
}

void sale(const till_options& options) {
    const teller by("sale", options);
    auto at = open(options, by);
    acquiring::sale_request request(options.key, read_amount(options, by, at));
    if (options.partial) request.partial = acquiring::partial_approval::accept;
    say(by, at, by.need(at.sale(request, options.bounds())));
}

void qr(const till_options& options) {
    const teller by("qr", options);
    auto at = open(options, by);
    acquiring::qr_sale_request request(options.key, read_amount(options, by, at));
    request.subject = options.subject;
    say(by, at, by.need(at.qr_sale(request, options.bounds())));
}

void void_payment(const till_options& options) {
    const teller by("void", options);
    auto at = open(options, by);
    const auto original = find_original(options, by, at);
    say(by, at, by.need(at.void_payment({options.key, original.handle}, options.bounds())));
}

void refund(const till_options& options) {
    const teller by("refund", options);
    auto at = open(options, by);
    const auto original = find_original(options, by, at);
    const auto total = options.amount.empty() ? original.approved : read_amount(options, by, at);
    say(by, at, by.need(at.refund({options.key, original.handle, total}, options.bounds())));
}

void preauth(const till_options& options) {
    const teller by("preauth", options);
    auto at = open(options, by);
    say(by, at,
        by.need(at.trade({ports::trade::pre_auth, options.key, read_amount(options, by, at)}, options.bounds())));
}

void complete(const till_options& options) {
    const teller by("complete", options);
    auto at = open(options, by);
    const auto original = find_original(options, by, at);
    say(by, at,
        by.need(at.trade({ports::trade::completion, options.key, read_amount(options, by, at), original.handle},
            options.bounds())));
}

/// Whoever sees a payment code in time can pay with it.
wiped_text read_payment_code(const teller& by, const std::string& given) {
    if (given == "-") {
        const auto code = read_secret_line("--code", given);
        return wiped_text(as_text(code.expose()));
    }
    warn_of_arguments(by.name(), "--code", "-");
    return wiped_text(given);
}

/// A trade of its row, by key and amount and what its row needs besides.
void row_trade(const till_options& options, const char* verb, ports::trade kind) {
    const teller by(verb, options);
    auto at = open(options, by);
    acquiring::trade_request wish(kind, options.key, {});
    if (!options.original.empty()) wish.handle = find_original(options, by, at).handle;
    if (!options.amount.empty()) wish.total = read_amount(options, by, at);
    if (!options.code.empty()) wish.payment_code = read_payment_code(by, options.code);
    if (options.code.empty() && ledger::row_of(kind).needs.contains(ledger::need::code)) {
        // A key that was used gets what became of it, and nobody's code is asked for.
        if (const auto known = by.need(at.lookup(options.key, options.bounds()))) return say(by, at, *known);
        std::cerr << "scan the payer's code\n" << std::flush;
        wish.payment_code = by.need(at.scan_payment_code(options.bounds()));
    }
    wish.authorization = options.authorization;
    wish.instalment = {options.periods, options.plan, '0'};
    if (options.partial) wish.partial = acquiring::partial_approval::accept;
    say(by, at, by.need(at.trade(wish, options.bounds())));
}

void advise(const till_options& options) {
    row_trade(options, "advise", ports::trade::completion_advice);
}
void offline(const till_options& options) {
    row_trade(options, "offline", ports::trade::offline_sale);
}
void by_telephone(const till_options& options) {
    row_trade(options, "by-telephone", ports::trade::offline_settlement);
}
void adjust(const till_options& options) {
    row_trade(options, "adjust", ports::trade::adjustment);
}
void tip(const till_options& options) {
    row_trade(options, "tip", ports::trade::tip);
}
void scan(const till_options& options) {
    row_trade(options, "scan", ports::trade::code_sale);
}
void instalments(const till_options& options) {
    row_trade(options, "instalments", ports::trade::instalment_sale);
}

void ask_host(const till_options& options) {
    const teller by("ask", options);
    const auto what = acquiring::find_service(options.service);
    if (!what) {
        by.fail(error(acquiring_errc::bad_request, layer::tools)
                    .during("ask")
                    .in_field("service")
                    .with_hint("expected sign-off, echo, master-key, status, parameters, CA-keys, SM-CA-keys, AIDs, "
                               "contactless-parameters, small-amount-BINs, blacklist or card-BINs"));
    }
    auto at = open(options, by);
    const auto told = by.need(at.ask_host(*what, options.bounds()));
    std::ostringstream text;
    text << acquiring::to_string(*what) << ": done, " << told.messages << " message(s)";
    if (told.entries != 0) text << ", " << told.entries << " entries";
    by.say({{"service", acquiring::to_string(*what)}, {"messages", told.messages}, {"entries", told.entries},
               {"resumed", told.resumed}},
        text.str(), ending::done);
}

void balance(const till_options& options) {
    const teller by("balance", options);
    auto at = open(options, by);
    const auto told = by.need(at.balance(options.bounds()));
    const auto sign = told.negative ? -1 : 1;
    const json made{{"answered", told.answered}, {"balance", sign * told.balance.minor()}, {"card", told.masked_pan},
        {"host_code", told.host_code}};
    const auto text = told.answered ? told.masked_pan + "  " + (told.negative ? "-" : "") + told.balance.to_string()
                                    : "declined " + told.host_code;
    by.say(made, text, told.answered ? ending::done : ending::refused);
}

void sign_in(const till_options& options) {
    const teller by("sign-in", options);
    auto at = open(options, by);
    const auto told = by.need(at.sign_in(options.bounds()));
    by.say({{"batch", told.batch}, {"date", told.host_date}, {"time", told.host_time}, {"acquirer", told.acquirer}},
        "signed in, batch " + std::to_string(told.batch), ending::done);
}

std::string_view to_string(acquiring::settlement_result value) {
    switch (value) {
    case acquiring::settlement_result::balanced: return "balanced";
    case acquiring::settlement_result::not_balanced: return "not balanced";
    case acquiring::settlement_result::host_error: break;
    }
    return "host error";
}

json to_json(const ports::batch_side& side) {
    return {{"count", side.count}, {"minor", side.minor}};
}

void settle(const till_options& options) {
    const teller by("settle", options);
    auto at = open(options, by);
    acquiring::settlement_request request;
    if (options.close_batch) request.refused = acquiring::after_refusal::close_batch;
    const auto told = by.need(at.settle(request, options.bounds()));
    const json made{{"batch", told.batch}, {"host", to_string(told.host)}, {"debit", to_json(told.totals.debit)},
        {"credit", to_json(told.totals.credit)}, {"qr_debit", to_json(told.totals.qr_debit)},
        {"qr_credit", to_json(told.totals.qr_credit)}, {"uploaded", told.uploaded}, {"refused", told.refused},
        {"end_code", told.end_code}, {"cards_erased", told.cards_erased}, {"resumed", told.resumed}};
    const bool balanced = told.host == acquiring::settlement_result::balanced;
    by.say(made, at.settlement_slip(told, options.columns), balanced ? ending::done : ending::difference);
}

void recover(const till_options& options) {
    const teller by("recover", options);
    auto at = open(options, by);
    json rows = json::array();
    std::string text;
    bool all = true;
    std::vector<payment> told;
    for (const auto& name : options.terminal.empty() ? at.terminals() : std::vector{options.terminal}) {
        for (const auto& one : by.need(by.need(at.at(name)).recover(options.bounds()))) {
            rows.push_back(cli::to_json(one));
            text += to_text(one) + "\n";
            all = all && one.outcome != verdict::unknown;
            told.push_back(one);
        }
    }
    text += std::to_string(rows.size()) + " record(s) concerned, " + (all ? "all decided" : "not all decided");
    const auto count = rows.size();
    const auto ends = all ? ending::done : ending::unknown;
    if (by.print({{"records", std::move(rows)}, {"concerned", count}, {"all_decided", all}}, text, ends)) {
        for (const auto& one : told)
            (void)by.need(at.at(one.terminal_id)).acknowledge(one, call(std::chrono::seconds(10)));
    }
    if (ends != ending::done) teller::end(ends);
}

void status(const till_options& options) {
    const teller by("status", options);
    till_settings named;
    auto at = open(options, by, [&named](till_settings& all) { named = all, all = books_alone(std::move(all)); });
    auto now = by.need(at.status(options.bounds()));
    const auto part = [](bool is_named) { return is_named ? part_state::ready : part_state::none; };
    now.host = now.sealer = part(!named.host.address.empty());
    now.gateway = part(!named.gateway.address.empty());
    now.card_terminal = part(!named.card_terminal.driver.empty());
    const json made{{"terminal", now.terminal_id}, {"batch", now.batch}, {"trace", now.trace},
        {"signed_in", now.signed_in}, {"settling", now.settling}, {"undecided", now.undecided},
        {"host", to_string(now.host)}, {"gateway", to_string(now.gateway)}, {"sealer", to_string(now.sealer)},
        {"card_terminal", to_string(now.card_terminal)}};
    std::ostringstream text;
    text << "terminal " << now.terminal_id << ", batch " << now.batch << ", last trace " << now.trace << "\n"
         << (now.signed_in ? "signed in" : "a sign-in is due") << (now.settling ? ", a settlement is under way" : "")
         << ", " << now.undecided << " undecided\n"
         << "host " << to_string(now.host) << ", gateway " << to_string(now.gateway) << ", sealer "
         << to_string(now.sealer);
    by.say(made, text.str(), ending::done);
}

void receipt(const till_options& options) {
    const teller by("receipt", options);
    auto at = open_books(options, by);
    const auto found = find_original(options, by, at);
    const auto copy = options.copy == "merchant" ? receipt_copy::merchant : receipt_copy::cardholder;
    auto text = at.receipt(found, copy, options.columns);
    auto made = cli::to_json(found);
    made["receipt"] = text;
    auto ends = ending::done;
    if (options.print) {
        const auto report = by.need(at.print_receipt(found, copy, options.bounds()));
        const bool printed = report.what == ports::print_report::progress::printed;
        const bool again = report.carries == ports::print_report::mark::reprint;
        made["printed"] = printed;
        made["reprint"] = again;
        text += printed ? (again ? "printed again, marked" : "printed")
                        : "waits: " + (report.why ? report.why->to_string() : std::string("the printer is at work"));
        if (!printed) ends = ending::unreachable;
    }
    by.say(made, text, ends);
}

struct till_verb {
    const char* name;
    const char* about;
    void (*run)(const till_options&);
    std::string_view takes; ///< letters: k key, a amount, A an amount that may be left out, o original, …
};

constexpr till_verb verbs[] = {
    {"init", "Begin the till's journal, where there is none", init, ""},
    {"sale", "Sell by card", sale, "kap"},
    {"void", "Undo a sale of the open batch", void_payment, "ko"},
    {"refund", "Give all or part of a payment back", refund, "kAo"},
    {"preauth", "Reserve an amount on a card", preauth, "ka"},
    {"complete", "Take what a pre-authorisation has reserved", complete, "kao"},
    {"advise", "Take what a pre-authorisation has reserved; the host is told until it answers", advise, "kao"},
    {"offline", "Sell by a chip card that approves by itself; the host is told later", offline, "ka"},
    {"by-telephone", "Sell by a code that was given by telephone", by_telephone, "kat"},
    {"adjust", "Add to a sale what was left out", adjust, "kao"},
    {"tip", "Add a tip to a sale", tip, "kao"},
    {"scan", "Sell by the payer's payment code", scan, "kaq"},
    {"instalments", "Sell in instalments", instalments, "kai"},
    {"ask", "Ask the host for a service: sign-off, echo, master-key, a list", ask_host, "v"},
    {"balance", "Ask for a card's balance", balance, ""},
    {"qr", "Sell by a code that the payer scans", qr, "kas"},
    {"sign-in", "Get new working keys from the host", sign_in, ""},
    {"settle", "Settle the open batch", settle, "bw"},
    {"recover", "Decide what the last run left undecided", recover, ""},
    {"status", "What the terminal has under way; asks nobody", status, ""},
    {"receipt", "A receipt once more", receipt, "ocwP"},
};

void add_options(CLI::App& app, std::string_view takes, till_options& to) {
    const auto has = [&](char what) { return takes.find(what) != std::string_view::npos; };
    app.add_option("settings", to.settings, "The till's settings (TOML)")->required();
    app.add_option("--terminal", to.terminal, "One of several; default: the first");
    app.add_option("--timeout", to.seconds, "Seconds for all of it")
        ->capture_default_str()
        ->check(CLI::Range(1, 86'400));
    app.add_flag("--json", to.as_json, "As JSON, amounts in minor units");
    if (has('k'))
        app.add_option("--key", to.key, "Names this trade: the same key again gives its outcome")->required();
    if (has('a')) app.add_option("--amount", to.amount, "12.34")->required();
    if (has('A')) app.add_option("--amount", to.amount, "12.34; default: all of it");
    if (has('o')) app.add_option("--original", to.original, "The payment: its key or its handle")->required();
    if (has('p')) app.add_flag("--partial", to.partial, "Take an approval of less");
    if (has('s')) app.add_option("--subject", to.subject, "What the payer reads")->capture_default_str();
    if (has('t')) app.add_option("--authorization", to.authorization, "The code")->required();
    if (has('q'))
        app.add_option("--code", to.code,
            "The payment code as it was scanned: - for a line of standard input, or the code, which others see in "
            "the list of processes; without it the scanner of the settings is waited for");
    if (has('i')) {
        app.add_option("--periods", to.periods, "How many instalments")->required();
        app.add_option("--plan", to.plan, "The issuer's code of the plan");
    }
    if (has('v')) app.add_option("service", to.service, "Which")->required();
    if (has('b'))
        app.add_flag("--close-batch", to.close_batch, "Also where the host refuses a record: agreed with it");
    if (has('c'))
        app.add_option("--copy", to.copy, "Whose")
            ->check(CLI::IsMember({"merchant", "cardholder"}))
            ->capture_default_str();
    if (has('P'))
        app.add_flag(
            "--print", to.print, "On the printer of the settings: what cannot be printed now is printed later");
    if (!has('w')) return;
    auto* width = app.add_option("--columns", to.columns, "Width of the paper")->capture_default_str();
    if (has('P')) width->excludes("--print"); // the printer's paper has its own
}

} // namespace

void add_till_command(CLI::App& tool) {
    auto* app = tool.add_subcommand("till",
        "A till for scripts. Exit codes: 0 approved or done; 1 totals differ; 2 wrong use or settings; 3 declined or "
        "refused; 4 no answer or no link, and no money moved; 5 outcome unknown; 6 this machine's own fault");
    app->require_subcommand(1);
    for (const auto& verb : verbs) {
        auto options = std::make_shared<till_options>();
        auto* one = app->add_subcommand(verb.name, verb.about);
        add_options(*one, verb.takes, *options);
        one->callback([options, run = verb.run] { run(*options); });
    }
}

} // namespace cipherlane::cli
