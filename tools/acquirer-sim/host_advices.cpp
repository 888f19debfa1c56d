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

void host_core::completion_advice(exchange& on) {
    if (!told_before(on, ports::trade::completion_advice)) complete(on, ports::trade::completion_advice);
}

void host_core::offline_upload(exchange& on) {
    if (!told_before(on, ports::trade::offline_sale)) charge(on, ports::trade::offline_sale);
}

void host_core::offline_settlement(exchange& on) {
    if (!told_before(on, ports::trade::offline_settlement)) charge(on, ports::trade::offline_settlement);
}

void host_core::add_to(exchange& on, ports::trade kind) {
    if (told_before(on, kind)) return;
    ledger_trade trade;
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

void host_core::adjustment(exchange& on) {
    add_to(on, ports::trade::adjustment);
}

void host_core::tip(exchange& on) {
    add_to(on, ports::trade::tip);
}

void host_core::offline_refund(exchange& on) {
    if (!told_before(on, ports::trade::offline_refund)) give_back(on, ports::trade::offline_refund);
}

/// It moves no money: the host takes note of it.
void host_core::script_notice(exchange& on) {
    on.accept();
}

/// The wallet behind a payment code is a card that the rig has named.
void host_core::code_sale(exchange& on) {
    const auto owner = payment_codes_.find(subfield59(on.request, iso8583::tag_payment_code));
    if (owner == payment_codes_.end()) return on.refuse("14");
    on.card = owner->second;
    charge(on, ports::trade::code_sale);
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

void host_core::code_void(exchange& on) {
    if (!names_code_payment(on, ports::trade::code_void)) return on.refuse("25");
    undo(on, ports::trade::code_void, reach::batch);
}

void host_core::code_refund(exchange& on) {
    if (!names_code_payment(on, ports::trade::code_refund)) return on.refuse("25");
    give_back(on, ports::trade::code_refund);
}

void host_core::instalment_sale(exchange& on) {
    charge(on, ports::trade::instalment_sale);
}

void host_core::instalment_void(exchange& on) {
    undo(on, ports::trade::instalment_void, reach::batch);
}

} // namespace cipherlane::sim
