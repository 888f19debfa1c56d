#include <cipherlane/ledger/order_life.hpp>
#include <cipherlane/ledger/order_number.hpp>
#include <cipherlane/ledger/record_life.hpp>
#include <cipherlane/ledger/trades.hpp>

#include <algorithm>

namespace cipherlane::ledger {

using ports::decider;
using ports::order_phase;
using ports::qr_order_state;
using ports::record_state;

order_phase first_phase(ports::trade kind) noexcept {
    return row_of(kind).through == channel::gateway ? order_phase::asked : order_phase::none;
}

bool may_follow(order_phase now, order_phase next) noexcept {
    return now == next || std::any_of(order_edges.begin(), order_edges.end(),
                              [&](const order_edge& edge) { return edge.from == now && edge.to == next; });
}

std::string number_at_gateway(const ports::journal_record& record) {
    if (record.order_number.empty() || !order_trades.contains(record.kind)) return record.order_number;
    return number_of_code(record.order_number, record.renewals);
}

bool may_renew(const ports::journal_record& record, const ports::journal_verdict& verdict) noexcept {
    const bool asks = verdict.phase == order_phase::asked && record.phase == order_phase::issued;
    if (!verdict.renewals) return !asks;
    return asks && *verdict.renewals == record.renewals + 1 && *verdict.renewals <= most_renewals;
}

bool may_decide(const ports::journal_record& record, const ports::journal_verdict& verdict) noexcept {
    if (verdict.by == decider::other_record || !may_follow(record, verdict.state, verdict.by)) return false;
    return (!verdict.phase || may_follow(record.phase, *verdict.phase)) && may_renew(record, verdict);
}

order_phase phase_once_late(order_phase now) noexcept {
    return phases::payable.contains(now) ? order_phase::cancelled : now;
}

bool may_be_paid(const ports::journal_record& record) noexcept {
    return order_trades.contains(record.kind) && states::open.contains(record.state) &&
           phases::payable.contains(record.phase);
}

bool has_unwanted_payment(const ports::journal_record& record) noexcept {
    return order_trades.contains(record.kind) && record.state == record_state::unknown &&
           !phases::payable.contains(record.phase);
}

std::optional<unpaid_end> ended_unpaid(order_phase phase) noexcept {
    if (phase == order_phase::expired) return unpaid_end::expired;
    if (phase == order_phase::cancelled) return unpaid_end::cancelled;
    return std::nullopt;
}

bool is_same_word(const ports::qr_order_status& a, const ports::qr_order_status& b) noexcept {
    return a.merchant_id == b.merchant_id && a.order_number == b.order_number && a.state == b.state &&
           a.transaction_number == b.transaction_number;
}

order_phase phase_of(qr_order_state told) noexcept {
    switch (told) {
    case qr_order_state::waiting:
    case qr_order_state::paying: break;
    case qr_order_state::paid: return order_phase::paid;
    case qr_order_state::cancelled: return order_phase::cancelled;
    case qr_order_state::expired: return order_phase::expired;
    case qr_order_state::refunded: return order_phase::refunded;
    }
    return order_phase::issued;
}

record_state state_after(const ports::journal_record& order, order_phase told, const amount& paid) noexcept {
    if (!may_follow(order.phase, told)) return record_state::unknown;
    switch (told) {
    case order_phase::refunded:
        if (order_trades.contains(order.kind)) return record_state::returned;
        [[fallthrough]];
    case order_phase::paid: return paid == order.requested ? record_state::approved : record_state::unknown;
    case order_phase::cancelled:
    case order_phase::expired:
    case order_phase::refused:
        if (has_unwanted_payment(order)) break;
        return record_state::declined;
    case order_phase::none:
    case order_phase::asked:
    case order_phase::issued: break;
    }
    return record_state::unknown;
}

bool agrees(const ports::journal_record& order, qr_order_state told) noexcept {
    switch (phase_of(told)) {
    case order_phase::refunded: return order.state == record_state::returned;
    case order_phase::cancelled:
    case order_phase::expired: return states::moved_nothing.contains(order.state);
    default: break;
    }
    return true;
}

payment_word word_on_payment(
    const ports::journal_record& order, const ports::qr_order_status& told, std::uint32_t renewals) noexcept {
    const bool named = !order.reference.empty() && !told.transaction_number.empty();
    const bool same = named && order.reference == told.transaction_number;
    const bool other = named && !same;
    const bool earlier_code = renewals < order.renewals;
    switch (outcome_of(order.state)) {
    case outcome::declined: return payment_word::late;
    case outcome::approved:
        if (other || earlier_code) return payment_word::second;
        return told.paid == order.approved ? payment_word::known : payment_word::contradicts;
    case outcome::returned: return other ? payment_word::second : payment_word::known;
    case outcome::unknown: {
        if (other || earlier_code) return payment_word::second;
        // Paid, but not with what was asked for: the same payment, told again. One that a person had decided was
        // told.
        const bool not_told = order.phase == order_phase::paid && order.note.empty();
        return phases::payable.contains(order.phase) || not_told ? payment_word::pays : payment_word::late;
    }
    default: break;
    }
    return payment_word::contradicts;
}

} // namespace cipherlane::ledger
