// What a till is asked and told besides trades: its host, its batch, its records.
#include "cipherlane/payment_json.hpp"
#include "cipherlane/till_verbs.hpp"

#include <cipherlane/acquiring/errc.hpp>
#include <cipherlane/ports/store.hpp>
#include <cipherlane/till/last_settlement.hpp>

#include <sstream>

namespace cipherlane::cli::till_verbs {

using json = nlohmann::ordered_json;

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
    auto at = open_till(options, by);
    const auto told = by.need(at.ask_host(*what, options.bounds()));
    std::ostringstream text;
    text << acquiring::to_string(*what) << ": done, " << told.messages << " message(s)";
    if (told.entries != 0) text << ", " << told.entries << " entries";
    by.say(cli::to_json(*what, told), text.str(), ending::done);
}

void balance(const till_options& options) {
    const teller by("balance", options);
    auto at = open_till(options, by);
    const auto told = by.need(at.balance(options.bounds()));
    const auto text = told.answered ? told.masked_pan + "  " + (told.negative ? "-" : "") + told.balance.to_string()
                                    : "declined " + told.host_code;
    by.say(cli::to_json(told), text, told.answered ? ending::done : ending::refused);
}

void sign_in(const till_options& options) {
    const teller by("sign-in", options);
    auto at = open_till(options, by);
    acquiring::sign_in_request request;
    request.begin_batch = options.batch;
    const auto told = by.need(at.sign_in(request, options.bounds()));
    by.say(cli::to_json(told), "signed in, batch " + std::to_string(told.batch), ending::done);
}

namespace {

acquiring::settlement_report told_before(const teller& by, till& at, const till_options& options) {
    auto found = by.need(last_settlement(at, options.bounds()));
    if (!found) {
        by.fail(error(acquiring_errc::no_original, layer::tools)
                    .during("settle")
                    .with_hint("no batch has been closed, or another settlement has begun since"));
    }
    return *std::move(found);
}

} // namespace

void settle(const till_options& options) {
    const teller by("settle", options);
    auto at = open_till(options, by);
    if (options.terminal.empty() && !at.settings().routing.terminals.empty()) {
        by.fail(error(acquiring_errc::bad_request, layer::tools)
                    .during("settle")
                    .in_field("terminal")
                    .with_hint("expected --terminal, as each of several has a batch of its own"));
    }
    acquiring::settlement_request request;
    if (options.close_batch) request.refused = acquiring::after_refusal::close_batch;
    const auto told = options.last ? told_before(by, at, options) : by.need(at.settle(request, options.bounds()));
    const bool balanced = told.host == acquiring::settlement_result::balanced;
    by.say(
        cli::to_json(told), at.settlement_slip(told, options.columns), balanced ? ending::done : ending::difference);
}

void recover(const till_options& options) {
    const teller by("recover", options);
    auto at = open_till(options, by);
    json rows = json::array();
    std::string text;
    bool all = true;
    std::vector<payment> told;
    for (const auto& name : options.terminal.empty() ? at.terminals() : std::vector{options.terminal}) {
        for (const auto& one : by.need(by.need(at.at(name)).recover(options.bounds()))) {
            rows.push_back(cli::to_json(one));
            text += to_text(one) + "\n";
            all = all && one.decided();
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
    auto at =
        open_till(options, by, [&named](till_settings& all) { named = all, all = books_alone(std::move(all)); });
    auto now = by.need(at.status(options.bounds()));
    const auto part = [](bool is_named) { return is_named ? part_state::ready : part_state::none; };
    now.host = now.sealer = part(!named.host.address.empty());
    now.gateway = part(!named.gateways().empty());
    now.card_terminal = part(!named.card_terminal.driver.empty());
    const auto* const signs_in = named.host.address.empty() ? ""
                                 : now.signed_in            ? "signed in, "
                                                            : "a sign-in is due, ";
    std::ostringstream text;
    text << "terminal " << now.terminal_id << ", batch " << now.batch << ", last trace " << now.trace << "\n"
         << signs_in << (now.settling ? "a settlement is under way, " : "") << now.undecided << " undecided\n"
         << (now.notices_waiting != 0 ? "a gateway's word waits for a person: cipherlane till notices\n" : "")
         << (now.settlement_overdue ? "THE SETTLEMENT IS OVERDUE: cipherlane till settle\n" : "") << "host "
         << to_string(now.host) << ", gateway " << to_string(now.gateway) << ", sealer " << to_string(now.sealer)
         << ", card terminal " << to_string(now.card_terminal);
    by.say(cli::to_json(now), text.str(), ending::done);
}

namespace {

std::string to_text(const ports::order_notice& one) {
    std::ostringstream text;
    text << "notice " << one.id << ": " << to_string(one.matter) << ", order " << one.told.order_number << " "
         << to_string(one.told.state) << " " << one.told.paid.to_string();
    if (!one.told.transaction_number.empty()) text << ", payment " << one.told.transaction_number;
    return text.str();
}

} // namespace

void notices(const till_options& options) {
    const teller by("notices", options);
    auto at = open_books(options, by);
    if (options.notice != 0) {
        if (const auto noted = at.acknowledge_notice(options.notice, options.bounds()); !noted)
            by.fail(noted.error());
    }
    json rows = json::array();
    std::string text;
    for (const auto& one : by.need(at.notices(options.bounds()))) {
        rows.push_back(cli::to_json(one));
        text += to_text(one) + "\n";
    }
    const auto count = rows.size();
    text += std::to_string(count) + (count == 1 ? " notice waits" : " notices wait");
    by.say({{"notices", std::move(rows)}, {"waiting", count}}, text, count == 0 ? ending::done : ending::difference);
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

} // namespace cipherlane::cli::till_verbs
