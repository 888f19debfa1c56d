#include "flow/unwanted.hpp"

#include "flow/order_outcome.hpp"
#include "flow/unsent.hpp"
#include "flow/verdict.hpp"

#include <cipherlane/ledger/order_life.hpp>
#include <cipherlane/ledger/order_number.hpp>
#include <cipherlane/ledger/record_life.hpp>

#include <algorithm>
#include <vector>

namespace cipherlane::acquiring {
namespace {

using ports::decider;
using ports::journal_record;
using ports::journal_verdict;
using ports::record_state;

/// The payment's own: whoever hears of it again comes to the same record.
std::string key_of(const std::string& mark, const std::string& transaction) {
    return "return " + mark + " " + transaction;
}

result<std::optional<journal_record>> find_return(
    lane_core& on, const std::string& mark, const std::string& transaction) {
    CIPHERLANE_TRY(auto found, on.journal().find_key(on.terminal_id(), key_of(mark, transaction), on.journal_call()));
    if (found && ledger::states::frees_key.contains(found->state)) found.reset();
    return found;
}

result<journal_record> begin_return(lane_core& on, const journal_record& order, const ports::qr_order_status& told) {
    journal_record fresh;
    fresh.terminal_id = on.terminal_id();
    fresh.merchant_id = order.merchant_id;
    fresh.idempotency_key = key_of(order_mark(order), told.transaction_number);
    fresh.kind = ports::trade::qr_return;
    fresh.requested = told.paid;
    fresh.approved = amount(0, told.paid.unit());
    fresh.created_date = on.today();
    fresh.counterpart = order.counterpart;
    fresh.operator_id = order.operator_id;
    fresh.shift = order.shift;
    fresh.original = order.id;
    fresh.renewals = ledger::code_of_number(told.order_number).renewals;
    fresh.voucher = told.transaction_number;
    CIPHERLANE_TRY(fresh.order_number, new_order_number(on));
    CIPHERLANE_TRY(auto record, begin_record(on, fresh, nullptr, on.journal_call()));
    if (const auto marked = mark_sent(on, record); !marked) {
        (void)write_not_sent(on, record, marked.error());
        return marked.error();
    }
    on.unasked_returns.insert(record.id);
    return record;
}

/// The order was told as not paid, then somebody paid, and has it back.
void end_order(lane_core& on, const journal_record& back, journal_record& order) {
    if (order.reference != back.voucher) return;
    journal_verdict verdict(record_state::returned, decider::gateway);
    verdict.phase = ports::order_phase::refunded;
    verdict.approved = back.approved;
    verdict.host_code = std::string(to_string(ports::qr_order_state::refunded));
    if (ledger::may_decide(order, verdict)) (void)write_verdict(on, order, verdict);
}
void end_order(lane_core& on, const journal_record& back) {
    auto order = on.journal().find(back.original, on.journal_call());
    if (order && *order) end_order(on, back, **order);
}

/// @return false where the gateway was not asked.
bool send_return(lane_core& on, journal_record& back, besides& spare) {
    const auto order = on.journal().find(back.original, on.journal_call());
    if (is_foreign(on, back) || !order || !*order) {
        raise_about(on, back);
        return false;
    }
    if (!spare.may_ask(back)) return false;
    on.return_asked = back.id;
    const auto end = send_refund(on, back, **order, spare.bounds());
    spare.asked(back, end ? end->why : end.error());
    if (ledger::states::stands.contains(back.state)) end_order(on, back);
    if (ledger::states::moved_nothing.contains(back.state)) on.raise(alert_kind::return_refused, back);
    return true;
}

/// What is to be given back and is not decided, oldest first, but behind what was asked for last: one that the
/// gateway never decides keeps no other payer from their money.
std::vector<journal_record> open_returns(lane_core& on) {
    std::vector<journal_record> returns;
    auto open = on.journal().open_records(on.terminal_id(), on.journal_call());
    if (!open) return returns;
    for (auto& one : *open) {
        if (ledger::row_of(one.kind).role != ledger::trade_role::rejecting) continue;
        if (!take_over(on, one) || ledger::states::decided.contains(one.state)) continue;
        returns.push_back(std::move(one));
    }
    const auto next = std::find_if(
        returns.begin(), returns.end(), [&](const journal_record& one) { return one.id > on.return_asked; });
    std::rotate(returns.begin(), next, returns.end());
    return returns;
}

} // namespace

result<void> give_back_unwanted(
    lane_core& on, const journal_record& order, const ports::qr_order_status& told, besides& spare) {
    const bool by_itself = on.settings().qr.unwanted == unwanted_payment::goes_back;
    if (!by_itself || told.transaction_number.empty() || told.paid.minor() <= 0) return {};
    // Money in another currency than the order's is no payment that a till knows how to give back.
    if (told.paid.unit() != order.requested.unit()) return {};
    CIPHERLANE_TRY(auto back, find_return(on, order_mark(order), told.transaction_number));
    // Of an earlier run: what it had not marked as sent it never asked for, and it is begun again.
    if (back) CIPHERLANE_CHECK(take_over(on, *back));
    if (back && ledger::states::frees_key.contains(back->state)) back.reset();
    if (back && ledger::states::decided.contains(back->state)) {
        if (ledger::states::stands.contains(back->state)) end_order(on, *back);
        return {};
    }
    if (!back) {
        CIPHERLANE_TRY(back, begin_return(on, order, told));
    }
    (void)send_return(on, *back, spare);
    return {};
}

bool end_given_back(lane_core& on, journal_record& order) {
    if (!ledger::order_trades.contains(order.kind) || order.reference.empty()) return false;
    const auto back = find_return(on, order_mark(order), order.reference);
    if (!back || !*back || !ledger::states::stands.contains((*back)->state)) return false;
    end_order(on, **back, order);
    return ledger::states::decided.contains(order.state);
}

result<bool> is_given_back(lane_core& on, const journal_record& order) {
    if (!ledger::order_trades.contains(order.kind) || order.reference.empty()) return false;
    CIPHERLANE_TRY(const auto back, find_return(on, order_mark(order), order.reference));
    return back && (ledger::states::open | ledger::states::stands).contains(back->state);
}

void send_returns(lane_core& on, besides& spare) {
    if (!on.has_gateway()) return;
    for (auto& record : open_returns(on))
        (void)send_return(on, record, spare);
}

void send_oldest_return(lane_core& on, besides& spare) {
    if (!on.has_gateway()) return;
    for (auto& record : open_returns(on)) {
        if (send_return(on, record, spare)) return;
    }
}

} // namespace cipherlane::acquiring
