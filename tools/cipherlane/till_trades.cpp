// Trades by key and amount, one process a trade.
#include "cipherlane/key_input.hpp"
#include "cipherlane/till_verbs.hpp"

#include <cipherlane/ledger/trades.hpp>

#include <iostream>

namespace cipherlane::cli::till_verbs {
namespace {

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
    auto at = open_till(options, by);
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
    if (ledger::gateway_trades.contains(kind)) wish.subject = options.subject;
    wish.instalment = {options.periods, options.plan, '0'};
    if (options.partial) wish.partial = acquiring::partial_approval::accept;
    say(by, at, by.need(at.trade(wish, options.bounds())));
}

} // namespace

void sale(const till_options& options) {
    const teller by("sale", options);
    auto at = open_till(options, by);
    acquiring::sale_request request(options.key, read_amount(options, by, at));
    if (options.partial) request.partial = acquiring::partial_approval::accept;
    say(by, at, by.need(at.sale(request, options.bounds())));
}

void qr(const till_options& options) {
    const teller by("qr", options);
    auto at = open_till(options, by);
    acquiring::qr_sale_request request(options.key, read_amount(options, by, at));
    request.subject = options.subject;
    say(by, at, by.need(at.qr_sale(request, options.bounds())));
}

void void_payment(const till_options& options) {
    const teller by("void", options);
    auto at = open_till(options, by);
    const auto original = find_original(options, by, at);
    say(by, at, by.need(at.void_payment({options.key, original.handle}, options.bounds())));
}

void refund(const till_options& options) {
    const teller by("refund", options);
    auto at = open_till(options, by);
    const auto original = find_original(options, by, at);
    const auto total = options.amount.empty() ? original.approved : read_amount(options, by, at);
    say(by, at, by.need(at.refund({options.key, original.handle, total}, options.bounds())));
}

void preauth(const till_options& options) {
    const teller by("preauth", options);
    auto at = open_till(options, by);
    say(by, at,
        by.need(at.trade({ports::trade::pre_auth, options.key, read_amount(options, by, at)}, options.bounds())));
}

void complete(const till_options& options) {
    const teller by("complete", options);
    auto at = open_till(options, by);
    const auto original = find_original(options, by, at);
    say(by, at,
        by.need(at.trade({ports::trade::completion, options.key, read_amount(options, by, at), original.handle},
            options.bounds())));
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
    row_trade(options, "scan", options.by_gateway ? ports::trade::qr_charge : ports::trade::code_sale);
}
void instalments(const till_options& options) {
    row_trade(options, "instalments", ports::trade::instalment_sale);
}

} // namespace cipherlane::cli::till_verbs
