#include "acquirer-sim/exchange.hpp"

#include <cipherlane/iso8583/field59.hpp>
#include <cipherlane/ledger/record_life.hpp>
#include <cipherlane/ledger/trades.hpp>

namespace cipherlane::sim {

namespace states = ledger::states;

namespace {

std::string subfield59(const iso8583::message_view& request, std::string_view tag) {
    const auto field = request.value(59);
    const auto found = iso8583::find_subfield(iso8583::field59_format(), as_bytes(field), tag);
    return found && *found ? std::string(as_text(**found)) : std::string();
}

std::string voucher_of(std::string_view reference) {
    return "V" + std::string(reference);
}

} // namespace

/// A terminal tells what it has done: the same again gets the answer of the first time, something else under the same
/// trace does not.
bool host_core::told_before(exchange& on, ports::trade kind) {
    const auto found = books_.find(on.terminal->terminal_id, on.batch, on.request.value(11));
    if (!found) return false;
    if (found->kind != kind || found->amount != std::stoll(on.request.value(4))) {
        on.refuse("94");
        return true;
    }
    on.answer.set(37, found->reference.empty() ? std::string(12, '0') : found->reference);
    if (!found->authorization.empty()) on.answer.set(38, found->authorization);
    on.refuse(found->answer);
    return true;
}

void host_core::add_to(exchange& on, ports::trade kind) {
    host_trade trade;
    trade.kind = kind;
    const auto original = original_of(on, kind);
    trade.amount = std::stoll(on.request.value(4));
    trade.original = original ? original->id : 0;
    if (!original)
        trade.answer = "25";
    else
        trade.answer = states::stands.contains(original->state) ? "00" : "12";
    book(on, trade, -trade.amount);
}

/// The wallet behind a payment code is a card that the rig has named.
void host_core::code_sale(exchange& on, ports::trade kind) {
    const auto owner = payment_codes_.find(subfield59(on.request, iso8583::tag_payment_code));
    if (owner == payment_codes_.end()) return on.refuse("14");
    on.card = owner->second;
    charge(on, kind);
    const auto booked = books_.find(on.terminal->terminal_id, on.batch, on.request.value(11));
    if (!booked || !states::stands.contains(booked->state)) return;
    iso8583::composite_writer field59(iso8583::field59_format());
    if (field59.add(iso8583::tag_payment_voucher, voucher_of(booked->reference))) on.answer.set(59, field59.text());
}

/// Whether the voucher is that of the payment that field 61 names; its card is the one that is given back to.
bool host_core::names_code_payment(exchange& on, ports::trade kind) {
    const auto original = original_of(on, kind);
    if (!original || subfield59(on.request, iso8583::tag_payment_voucher) != voucher_of(original->reference)) {
        return false;
    }
    on.card = original->card;
    return true;
}

} // namespace cipherlane::sim
