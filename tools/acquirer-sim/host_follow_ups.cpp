// What the host lets a trade take of an earlier one. Its own rules and figures, from what hosts of this dialect do:
// the till's ledger says the same, and a simulated host that asked it would agree with every fault of it.
#include "acquirer-sim/exchange.hpp"

#include <cipherlane/iso8583/field61.hpp>
#include <cipherlane/ledger/trades.hpp>

namespace cipherlane::sim {

namespace {

/// What card schemes let a completion take of a reservation, in per cent of it.
constexpr std::int64_t most_completed_percent = 115;

/// Approved, and neither undone nor reversed since.
bool stands(const host_trade& original) {
    return original.state == ports::record_state::approved;
}

/// Nothing has been given back of it, nor taken of what it reserved.
bool untouched(const host_trade& original) {
    return original.refunded == 0;
}

} // namespace

std::optional<host_trade> host_core::original_of(const exchange& on, ports::trade kind) {
    if (on.asked("forget")) return std::nullopt;
    const auto parsed = iso8583::field61::parse(on.request.value(61));
    if (!parsed) return std::nullopt;
    auto found = books_.find(on.terminal->terminal_id, parsed->batch.view(), parsed->trace.view());
    if (!found) return std::nullopt;
    // A payment by payment code has no card of its own: its voucher names it.
    const bool by_code = ledger::row_of(found->kind).needs.contains(ledger::need::code);
    if (!by_code && found->card != on.request.value(2)) return std::nullopt;
    if (!ledger::row_of(kind).originals.contains(found->kind)) return std::nullopt;
    if (on.request.has(37) && found->reference != on.request.value(37)) return std::nullopt;
    if (on.request.has(38) && found->authorization != on.request.value(38)) return std::nullopt;
    return found;
}

/// A void is of the whole, once, and of what nothing has been taken from or given back of.
void host_core::undo(exchange& on, ports::trade kind, reach within) {
    if (!translated_pin(on)) return on.refuse("96");
    host_trade trade;
    trade.kind = kind;
    const auto original = original_of(on, kind);
    trade.amount = std::stoll(on.request.value(4));
    trade.original = original ? original->id : 0;
    if (!original)
        trade.answer = "25";
    else if (!stands(*original) || !untouched(*original))
        trade.answer = "12";
    else if (within == reach::batch && (original->batch != on.batch || books_.of_earlier_day(*original)))
        trade.answer = "12";
    else if (original->amount != trade.amount)
        trade.answer = "64";
    else
        trade.answer = "00";
    book(on, trade, original ? -original->money : 0);
}

/// Takes what was reserved, and somewhat more, once; what is left of the reservation is the cardholder's again.
void host_core::complete(exchange& on, ports::trade kind) {
    host_trade trade;
    trade.kind = kind;
    const auto original = original_of(on, trade.kind);
    trade.amount = std::stoll(on.request.value(4));
    trade.original = original ? original->id : 0;
    if (!original)
        trade.answer = "25";
    else if (!stands(*original) || !untouched(*original))
        trade.answer = "12";
    else if (trade.amount > original->amount * most_completed_percent / 100)
        trade.answer = "61";
    else
        trade.answer = "00";
    book(on, trade, original ? original->amount - trade.amount : 0);
}

void host_core::give_back(exchange& on, ports::trade kind) {
    host_trade trade;
    trade.kind = kind;
    const auto original = original_of(on, trade.kind);
    trade.amount = std::stoll(on.request.value(4));
    trade.original = original ? original->id : 0;
    if (!original)
        trade.answer = "25";
    else if (!stands(*original))
        trade.answer = "12";
    else if (trade.amount > original->amount - original->refunded)
        trade.answer = "61";
    else
        trade.answer = "00";
    book(on, trade, trade.amount);
}

} // namespace cipherlane::sim
