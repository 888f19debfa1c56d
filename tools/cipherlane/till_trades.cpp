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

} // namespace

void trade(const till_options& options, const till_trade& row) {
    const teller by(row.verb, options);
    auto at = open_till(options, by);
    acquiring::trade_request wish(row.kind, options.key, {});
    if (options.by_gateway) wish.kind = ledger::at_gateway(row.kind);
    if (row.has('o')) {
        const auto original = find_original(options, by, at);
        wish.handle = original.handle;
        if (row.has('A') && options.amount.empty()) wish.total = original.approved;
    }
    if (!options.amount.empty()) wish.total = read_amount(options, by, at);
    if (!options.code.empty()) wish.payment_code = read_payment_code(by, options.code);
    if (row.has('q') && options.code.empty()) {
        // A key that was used gets what became of it, and nobody's code is asked for.
        if (const auto known = by.need(at.find_out(wish, options.bounds()))) return say(by, at, *known);
        std::cerr << "scan the payer's code\n" << std::flush;
        wish.payment_code = by.need(at.scan_payment_code(options.bounds()));
    }
    wish.authorization = options.authorization;
    if (ledger::gateway_trades.contains(wish.kind)) wish.subject = options.subject;
    wish.gateway = options.gateway;
    wish.instalment = {options.periods, options.plan, '0'};
    if (options.partial) wish.partial = acquiring::partial_approval::accept;
    const auto order = order_of(row, std::move(wish));
    if (const auto* undoes = std::get_if<acquiring::void_request>(&order))
        return say(by, at, by.need(at.void_payment(*undoes, options.bounds())));
    if (const auto* returns = std::get_if<acquiring::refund_request>(&order))
        return say(by, at, by.need(at.refund(*returns, options.bounds())));
    say(by, at, by.need(at.trade(std::get<acquiring::trade_request>(order), options.bounds())));
}

} // namespace cipherlane::cli::till_verbs
