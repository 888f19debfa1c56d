#include <cipherlane/ledger/order_life.hpp>
#include <cipherlane/ledger/record_life.hpp>
#include <cipherlane/ledger/trades.hpp>

#include <algorithm>

namespace cipherlane::ledger {

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

bool may_be_paid(const ports::journal_record& record) noexcept {
    return row_of(record.kind).verb == gateway_verb::order && states::open.contains(record.state) &&
           phases::payable.contains(record.phase);
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
    case qr_order_state::waiting: break;
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
        if (row_of(order.kind).verb == gateway_verb::order) return record_state::returned;
        [[fallthrough]];
    case order_phase::paid: return paid == order.requested ? record_state::approved : record_state::unknown;
    case order_phase::cancelled:
    case order_phase::expired:
    case order_phase::refused: return record_state::declined;
    case order_phase::none:
    case order_phase::asked:
    case order_phase::issued: break;
    }
    return record_state::unknown;
}

} // namespace cipherlane::ledger
