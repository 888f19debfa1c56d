#include "cipherlane/till_session.hpp"

#include "cipherlane/key_input.hpp"
#include "cipherlane/payment_json.hpp"
#include "cipherlane/settings_input.hpp"

#include <cipherlane/acquiring/errc.hpp>
#include <cipherlane/ledger/trades.hpp>
#include <cipherlane/till/advice.hpp>

#include <CLI/CLI.hpp>
#include <charconv>
#include <iostream>
#include <sstream>

namespace cipherlane::cli {

using json = nlohmann::ordered_json;

void teller::fail(const error& why) const {
    end(tell(subcommand_, why, likely_cause(why), form_));
}

void teller::say(const json& as_json, const std::string& as_text, ending ends) const {
    print(as_json, as_text, ends);
    if (ends != ending::done) end(ends);
}

bool teller::print(const json& as_json, const std::string& as_text, ending ends) const {
    if (form_ == output_form::json) {
        json made = as_json;
        made["exit"] = static_cast<int>(ends);
        std::cout << made.dump(2) << "\n";
    } else {
        std::cout << as_text << (as_text.ends_with('\n') ? "" : "\n");
    }
    return std::cout.flush().good();
}

void teller::end(ending how) {
    throw CLI::RuntimeError(static_cast<int>(how));
}

till open_till(const till_options& options, const teller& by, const std::function<void(till_settings&)>& cut) {
    keep_secrets();
    auto settings = read_settings(options.settings);
    cut(settings);
    settings.settlement.by_itself = false; // this process ends with its one command, perhaps in the middle
    till::parts with;
    with.log = logger(log_level::warning, [](log_level, std::string_view component, std::string_view line) {
        std::cerr << component << ": " << line << "\n";
    });
    auto all = by.need(till::open(std::move(settings), std::move(with), options.bounds()));
    if (!options.terminal.empty()) all = by.need(all.at(options.terminal));
    if (!options.operator_id.empty()) {
        const auto secret = read_secret_line("--secret", options.secret);
        (void)by.need(all.sign_on(options.operator_id, secret, options.bounds()));
        const auto& routed = all.settings().routing.terminals; // any of them may be chosen
        for (const auto& name : options.terminal.empty() ? routed : std::vector<std::string>()) {
            auto other = by.need(all.at(name));
            if (name != all.terminal().terminal_id)
                (void)by.need(other.sign_on(options.operator_id, secret, options.bounds()));
        }
    }
    return all;
}

till open_books(const till_options& options, const teller& by) {
    return open_till(options, by, [&options](till_settings& all) {
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
    const bool in_own_words = ledger::gateway_trades.contains(what.kind) ||
                              (ledger::terminal_trades.contains(what.kind) && what.outcome == verdict::declined);
    if (in_own_words && !what.ok()) text << ": " << what.reason(language::english);
    if (what.told == acquiring::told::recorded) text << " (recorded)";
    if (what.settlement_overdue) text << "\nTHE SETTLEMENT IS OVERDUE: cipherlane till settle";
    return text.str();
}

void say(const teller& by, till& at, const payment& what) {
    const auto ends = ending_of(what);
    const std::string_view advice =
        ends != ending::unknown ? ""
                                : "\nNOT DECIDED: the money may have moved, so do not charge it anew. The same "
                                  "key again, or cipherlane till recover, asks what became of it; what nobody "
                                  "can tell a person decides: cipherlane journal decide";
    if (by.print(cli::to_json(what), to_text(what).append(advice), ends))
        (void)at.acknowledge(what, call(std::chrono::seconds(10)));
    if (ends != ending::done) teller::end(ends);
}

amount read_amount(const till_options& options, const teller& by, till& at) {
    return by.need(amount::parse(options.amount, at.terminal().unit));
}

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

} // namespace cipherlane::cli
