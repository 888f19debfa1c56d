// A till for scripts and rigs: each trade by key and amount, one process a trade.
#include "cipherlane/commands.hpp"
#include "cipherlane/key_input.hpp"
#include "cipherlane/settings_input.hpp"
#include "cipherlane/till_verbs.hpp"

#include <cipherlane/till/journal_start.hpp>

#include <CLI/CLI.hpp>

namespace cipherlane::cli {

/// The first start, by somebody's word.
void till_verbs::init(const till_options& options) {
    const teller by("init", options);
    keep_secrets();
    const auto settings = read_settings(options.settings);
    if (const auto begun = begin_journal(settings, options.bounds()); !begun) by.fail(begun.error());
    const auto name = settings.journal.name();
    by.say({{"journal", name}},
        name + (settings.journal.store.empty() ? " is there, with its key and its mark" : " is there, with its key"),
        ending::done);
}

namespace {

struct till_verb {
    const char* name;
    const char* about;
    void (*run)(const till_options&);
    std::string_view takes; ///< letters as of `till_trade::takes`, and v service, b batch, c copy, w width, P print,
                            ///< N notice, B a batch to be begun
};

constexpr till_verb verbs[] = {
    {"init", "Begin the till's journal, where there is none", till_verbs::init, ""},
    {"ask", "Ask the host for a service: sign-off, echo, master-key, a list", till_verbs::ask_host, "v"},
    {"balance", "Ask for a card's balance", till_verbs::balance, ""},
    {"sign-in", "Get new working keys from the host", till_verbs::sign_in, "B"},
    {"settle", "Settle the open batch", till_verbs::settle, "bw"},
    {"recover", "Decide what the last run left undecided", till_verbs::recover, ""},
    {"status", "What the terminal has under way; asks nobody", till_verbs::status, ""},
    {"notices", "What a gateway has said and the books do not bear out; or say that somebody has seen to it",
        till_verbs::notices, "N"},
    {"receipt", "A receipt once more", till_verbs::receipt, "ocwP"},
    {"clerks", "The operators: list, put one in, take one out", till_verbs::clerks, "C"},
    {"route", "The routes that payments are chosen among; or say by hand which", till_verbs::route, "R"},
    {"shift", "What operators have done in their shifts; or end one", till_verbs::shift, "S"},
};

void add_options(CLI::App& app, std::string_view takes, till_options& to) {
    const auto has = [&](char what) { return takes.find(what) != std::string_view::npos; };
    app.add_option("settings", to.settings, "The till's settings (TOML)")->required();
    app.add_option("--terminal", to.terminal, "One of several; default: the first");
    app.add_option("--timeout", to.seconds, "Seconds for all of it")
        ->capture_default_str()
        ->check(CLI::Range(1, 86'400));
    app.add_flag("--json", to.as_json, "As JSON, amounts in minor units");
    if (has('C')) {
        auto* put =
            app.add_option("--put", to.put, "Who comes, or gets other rights and another secret: 1 to 3 characters");
        app.add_option("--remove", to.remove, "Who goes")->excludes(put);
        app.add_option("--name", to.name, "With --put: for people")->needs(put);
        app.add_option("--rights", to.rights, "With --put: of sell, void, refund, decide, settle, review")
            ->delimiter(',')
            ->needs(put);
        auto* secret = app.add_option("--secret", to.secret, "With --put: PIN or password; - or a file of mode 0600");
        secret->needs(put);
        put->needs(secret);
        return;
    }
    if (has('R')) {
        auto* pin = app.add_option("--pin", to.pin, "All payments go to this host, all orders to this gateway");
        auto* unpin = app.add_flag("--unpin", to.unpin, "They are chosen for again")->excludes(pin);
        auto* shut =
            app.add_option("--close", to.shut, "None goes to this host any more")->excludes(pin)->excludes(unpin);
        app.add_option("--reopen", to.reopen, "Some may again")->excludes(pin)->excludes(unpin)->excludes(shut);
        return;
    }
    auto* who = app.add_option("--operator", to.operator_id, "Who does it; their shift begins or goes on");
    auto* secret = app.add_option("--secret", to.secret, "Their PIN or password; - or a file of mode 0600");
    who->needs(secret);
    secret->needs(who);
    if (has('S')) {
        app.add_flag("--close", to.close, "End the shift of --operator")->needs(who);
        app.add_option("--limit", to.limit, "At most so many, the newest")->capture_default_str();
    }
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
    if (has('g')) app.add_flag("--gateway", to.by_gateway, "Through the QR gateway, not the host");
    if (has('n'))
        app.add_option(
            "--gateway", to.gateway, "The name of the gateway, where there are several; default: the first");
    if (has('c')) app.add_flag("--no-credit", to.no_credit, "Credit may not pay it");
    if (has('i')) {
        app.add_option("--periods", to.periods, "How many instalments")->required();
        app.add_option("--plan", to.plan, "The issuer's code of the plan");
    }
    if (has('v')) app.add_option("service", to.service, "Which")->required();
    if (has('b')) {
        auto* const closes =
            app.add_flag("--close-batch", to.close_batch, "Also where the host refuses a record: agreed with it");
        app.add_flag("--last", to.last, "Settle nothing: what the last settlement came to, once more")
            ->excludes(closes);
    }
    if (has('B'))
        app.add_option("--batch", to.batch, "Begin this one, agreed with the acquirer; the open one must be empty")
            ->check(CLI::Range(1, 999'999));
    if (has('N'))
        app.add_option("--acknowledge", to.notice, "The number of one that somebody has seen to")
            ->check(CLI::PositiveNumber);
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
    const auto add = [app](const char* name, const char* about, std::string_view takes, const auto& run) {
        auto options = std::make_shared<till_options>();
        // A card terminal's older result proves nothing before its longest trade is over, by this process's clock.
        if (std::string_view(name) == "recover") options->seconds = 300;
        auto* one = app->add_subcommand(name, about);
        add_options(*one, takes, *options);
        one->callback([options, run] { run(*options); });
    };
    for (const auto& row : till_trades)
        add(row.verb, row.about, row.takes, [&row](const till_options& told) { till_verbs::trade(told, row); });
    for (const auto& verb : verbs)
        add(verb.name, verb.about, verb.takes, verb.run);
    add_till_serve_command(*app);
}

} // namespace cipherlane::cli
