#include "flow/order_outcome.hpp"

#include "flow/guard.hpp"
#include "flow/unsent.hpp"
#include "flow/verdict.hpp"
#include "host/exchange.hpp"
#include "host/request.hpp"

#include <cipherlane/core/pause.hpp>
#include <cipherlane/crypto/random.hpp>
#include <cipherlane/ledger/numbers.hpp>
#include <cipherlane/ledger/order_life.hpp>
#include <cipherlane/ledger/order_number.hpp>
#include <cipherlane/ledger/record_life.hpp>
#include <cipherlane/ledger/trades.hpp>

#include <array>

namespace cipherlane::acquiring {
namespace {

using ports::journal_record;
using ports::journal_verdict;
using ports::order_phase;
using ports::qr_order_state;
using ports::record_state;

void note_gateway(lane_core& on, std::string what, const journal_record& record, std::string result) {
    timeline_entry entry;
    entry.from = party::till;
    entry.to = party::gateway;
    entry.what = std::move(what);
    entry.result = std::move(result);
    entry.total = record.requested;
    entry.trace = record.trace;
    on.note(std::move(entry));
}

std::string told_state(const result<ports::qr_order_status>& status) {
    return status ? std::string(to_string(status->state)) : status.error().code().message();
}

/// What the gateway has said, in its own word.
journal_verdict qr_verdict(
    const journal_record& record, record_state state, order_phase phase, std::string_view told) {
    journal_verdict verdict(state, ports::decider::gateway);
    verdict.host_code = std::string(told);
    verdict.order_number = order_mark(record);
    verdict.phase = phase;
    return verdict;
}

/// It has said nothing that decides, by the till's own knowledge: the order stays where it was.
journal_verdict not_decided(const journal_record& record, std::string_view known) {
    auto verdict = qr_verdict(record, ledger::state_if_unknown(record.kind), record.phase, known);
    verdict.by = ports::decider::till;
    return verdict;
}

/// It has said nothing that can be believed.
payment conclude_silence(lane_core& on, journal_record& record, const error& why) {
    return write_verdict(on, record, not_decided(record, {}), why);
}

/// The gateway's word for an order it has never heard of: nobody can pay it, unless it is a charge that is yet to
/// come.
constexpr std::string_view no_such_order = "404";

/// What the payer's code was sent with may be carried out after the gateway has said that it does not know it. An
/// order may come as late: its code was shown to nobody.
std::optional<error> may_still_come(lane_core& on, const journal_record& record) {
    if (!ledger::charge_trades.contains(record.kind)) return std::nullopt;
    const auto longest = std::chrono::milliseconds(on.settings().gateway.longest_way);
    const auto left = on.left_for(record);
    if (left >= longest) return std::nullopt;
    const auto seconds = std::to_string(std::chrono::ceil<std::chrono::seconds>(longest - left).count());
    return flow_error(acquiring_errc::order_pending, "order")
        .for_trace(record.trace)
        .with_hint("the charge may still reach the gateway: ask again in " + seconds + " s");
}

std::string refund_number(const journal_record& record) {
    return "R" + order_mark(record);
}

} // namespace

result<std::string> new_order_number(const lane_core& on) {
    constexpr std::string_view digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; // no letter that reads as a digit
    std::array<std::uint8_t, 6> noise{};
    CIPHERLANE_CHECK(crypto::random_fill(noise));
    // With its time: UnionPay asks for it ever after, and a till that starts again has nothing but the number.
    const auto now = ports::to_civil(on.clock().now());
    auto number = on.terminal_id() + now.yyyymmdd() + now.hhmmss();
    for (const auto one : noise)
        number += digits[one % digits.size()];
    return number;
}

std::string order_mark(const journal_record& record) {
    if (!record.order_number.empty()) return record.order_number;
    return record.terminal_id + record.created_date + ledger::six_digits(record.batch) +
           ledger::six_digits(record.trace);
}

std::string order_number(const journal_record& record) {
    return ledger::number_of_code(order_mark(record), record.renewals);
}

bool speaks_of(const journal_record& record, const ports::qr_order_status& told) {
    const auto fits = [](const std::string& one, const std::string& ours) { return one.empty() || one == ours; };
    return told.order_number == order_number(record) && fits(told.merchant_id, record.merchant_id) &&
           fits(told.terminal_id, record.terminal_id);
}

result<void> keep_issued(lane_core& on, journal_record& record, std::chrono::system_clock::time_point expires) {
    journal_verdict verdict(record_state::sent, ports::decider::gateway);
    verdict.phase = order_phase::issued;
    if (expires.time_since_epoch().count() > 0) verdict.expires = expires;
    return write_step(on, record, verdict);
}

payment conclude_failure(lane_core& on, journal_record& record, const error& why) {
    if (!why.is(condition::rejected_by_peer)) return conclude_silence(on, record, why);
    const auto verdict = qr_verdict(record, record_state::declined, order_phase::refused, why.peer_code());
    return write_verdict(on, record, verdict, why);
}

journal_verdict word_of_gateway(const journal_record& record, const ports::qr_order_status& told) {
    const auto phase = ledger::phase_of(told.state);
    const auto state = ledger::state_after(record, phase, told.paid);
    auto verdict = qr_verdict(record, state, phase, to_string(told.state));
    if (!ledger::states::decided.contains(state)) {
        if (!ledger::may_follow(record.phase, phase)) verdict.phase.reset();
        // Which payment it is, though it is not what was asked for: another one is a second.
        const bool names = told.state == qr_order_state::paid && record.reference.empty();
        if (names) verdict.reference = told.transaction_number;
    } else if (ledger::states::counts.contains(state) || ledger::states::went_back.contains(state)) {
        verdict.approved = told.paid;
        verdict.reference = told.transaction_number;
    }
    return verdict;
}

payment conclude_order(lane_core& on, journal_record& record, const result<ports::qr_order_status>& status) {
    if (!status) {
        const auto& why = status.error();
        const bool never_made = why.is(condition::rejected_by_peer) && why.peer_code() == no_such_order;
        if (!never_made || ledger::has_unwanted_payment(record)) return conclude_silence(on, record, why);
        if (const auto pending = may_still_come(on, record)) return conclude_silence(on, record, *pending);
        const auto word = to_string(qr_order_state::cancelled);
        return write_verdict(
            on, record, qr_verdict(record, record_state::declined, order_phase::cancelled, word), why);
    }
    const auto verdict = word_of_gateway(record, *status);
    if (ledger::states::stands.contains(verdict.state)) tell_payer(on, record, *status);
    if (ledger::states::decided.contains(verdict.state)) return write_verdict(on, record, verdict);
    return write_verdict(
        on, record, verdict, flow_error(acquiring_errc::order_pending, "order").for_trace(record.trace));
}

result<ports::qr_order_status> close_at_gateway(lane_core& on, const journal_record& record, const call& bounds) {
    CIPHERLANE_TRY(auto* const gateway, on.gateway_of(record));
    const auto& times = on.settings().gateway;
    const bool charged = ledger::charge_trades.contains(record.kind);
    const auto number = order_number(record);
    on.enter(stage::closing);
    auto interval = times.poll;
    for (std::uint32_t tries = 1;; ++tries) {
        const call once(times.response_time, on.giving_way()); // what somebody waits for is seen to its end
        auto status = charged ? gateway->reverse(number, once) : gateway->cancel(number, once);
        note_gateway(on, charged ? "reverse charge" : "cancel order", record, told_state(status));
        const bool told = status || status.error().is(condition::rejected_by_peer);
        const bool again = tries < on.settings().qr.closing_tries && !on.stopping().stop_requested();
        if (told || !again || bounds.until().left() < interval + times.response_time) return status;
        pause(call(interval, on.stopping()));
        interval *= 2;
    }
}

payment conclude_closing(lane_core& on, journal_record& record, const result<ports::qr_order_status>& status) {
    if (!status && ledger::phases::acknowledged.contains(record.phase)) {
        return write_verdict(on, record, not_decided(record, to_string(record.phase)), status.error());
    }
    return conclude_order(on, record, status);
}

payment cancel_order(lane_core& on, journal_record& record) {
    const call once(std::chrono::milliseconds(0));
    return conclude_closing(on, record, close_at_gateway(on, record, once));
}

result<payment> send_refund(
    lane_core& on, journal_record& record, const journal_record& original, const call& bounds) {
    // What the flow gives back of itself is meant once and for all: a link that is down only puts it off.
    const bool asked_before =
        !ledger::states::unfinished.contains(record.state) || ledger::own_trades.contains(record.kind);
    const auto gateway = on.gateway_of(record);
    if (!gateway) return conclude_failure(on, record, gateway.error());
    on.enter(stage::ordering);
    const auto held = on.journal().confirm_hold(on.terminal_id(), on.journal_call());
    if (!held && asked_before) return conclude_failure(on, record, held.error());
    if (!held) return write_not_sent(on, record, held.error());
    const bool rejects = ledger::row_of(record.kind).role == ledger::trade_role::rejecting;
    const auto which = rejects ? record.renewals : original.renewals;
    ports::qr_refund_request wish(
        ledger::number_of_code(order_mark(original), which), refund_number(record), record.requested);
    const bool first = on.unasked_returns.erase(record.id) != 0;
    wish.asked_before = !first && !ledger::states::unfinished.contains(record.state);
    wish.transaction_number = rejects ? record.voucher : original.reference;
    const auto status = (*gateway)->refund(wish, bounds.no_later_than(on.settings().gateway.response_time));
    note_gateway(on, "refund order", record, told_state(status));
    if (!status) {
        if (first && nothing_left(status.error())) on.unasked_returns.insert(record.id);
        if (!asked_before && nothing_left(status.error())) return write_not_sent(on, record, status.error());
        // A gateway that does not know an order which it was paid for has lost more than this refund.
        if (asked_before && status.error().peer_code() == no_such_order) {
            return conclude_silence(on, record, status.error());
        }
        return conclude_failure(on, record, status.error());
    }
    auto verdict = qr_verdict(record, record_state::approved, order_phase::refunded, "refunded");
    verdict.approved = record.requested;
    verdict.reference = status->transaction_number;
    return write_verdict(on, record, verdict);
}

payment resolve_order(lane_core& on, journal_record& record, const call& bounds) {
    if (is_foreign(on, record)) {
        const auto whose = on.gateway_of(record); // says which one is missing
        return conclude_silence(on, record,
            on.has_gateway() && !whose ? whose.error()
                                       : flow_error(acquiring_errc::other_counterpart, "earlier order"));
    }
    if (ledger::order_trades.contains(record.kind)) return cancel_order(on, record);
    const auto original = on.journal().find(record.original, on.journal_call());
    if (!original || !*original) {
        return conclude_failure(on, record, flow_error(acquiring_errc::no_original, "refund order"));
    }
    auto end = send_refund(on, record, **original, bounds);
    return end ? *std::move(end) : conclude_silence(on, record, end.error());
}

result<void> settle_orders(lane_core& on, const ports::qr_gateway* at, const call& bounds) {
    CIPHERLANE_TRY(auto open, on.journal().open_records(on.terminal_id(), on.journal_call()));
    for (auto& record : open) {
        if (!ledger::gateway_trades.contains(record.kind)) continue;
        CIPHERLANE_CHECK(take_over(on, record));
        raise_about(on, record);
        if (!ledger::may_be_paid(record) || is_foreign(on, record)) continue;
        if (at != nullptr) {
            const auto whose = on.gateway_of(record);
            if (whose && *whose != at) continue;
        }
        if (resolve_order(on, record, bounds).outcome == verdict::unknown && ledger::may_be_paid(record)) {
            return flow_error(acquiring_errc::order_pending, "earlier order").for_trace(record.trace);
        }
    }
    return {};
}

} // namespace cipherlane::acquiring
