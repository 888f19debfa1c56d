#include "qr_order.hpp"

#include "host_exchange.hpp"
#include "reversal.hpp"
#include "trade.hpp"

#include <cipherlane/crypto/random.hpp>
#include <cipherlane/ledger/order_life.hpp>
#include <cipherlane/ledger/record_life.hpp>

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

template <class Value>
std::string word(const result<Value>& status) {
    return status ? std::string(to_string(status->state)) : status.error().code().message();
}

/// A QR record's verdict; one that is `unknown` already is not written again.
payment write_verdict(
    lane_core& on, journal_record record, const journal_verdict& verdict, std::optional<error> why) {
    if (verdict.state == record_state::unknown) on.raise(alert_kind::order_unknown, record);
    if (verdict.state != record.state) {
        if (const auto written = on.journal().decide(record.id, verdict, on.journal_call()); !written) {
            on.raise(alert_kind::journal_failed, record);
            auto value = to_payment(record);
            value.outcome = verdict::unknown;
            value.why = written.error();
            return value;
        }
    }
    ledger::apply(record, verdict);
    auto value = to_payment(record);
    value.why = why;
    return value;
}

/// What the gateway has said, in its own word.
journal_verdict qr_verdict(
    const journal_record& record, record_state state, order_phase phase, std::string_view word) {
    const bool open = state == record_state::unknown;
    journal_verdict verdict(state, open ? ports::decider::till : ports::decider::gateway);
    verdict.host_code = std::string(word);
    verdict.order_number = order_number(record);
    verdict.phase = phase;
    return verdict;
}

/// It has said nothing that can be believed: the order stays where it was.
journal_verdict no_word(const journal_record& record) {
    return qr_verdict(record, record_state::unknown, record.phase, "");
}

/// The gateway's word for an order it has never heard of: nobody can pay it.
constexpr std::string_view no_such_order = "404";

std::string refund_number(const journal_record& record) {
    return "R" + order_number(record);
}

/// May be repeated: the same refund number is the same refund.
[[nodiscard]] payment send_refund(
    lane_core& on, const journal_record& record, const journal_record& original, const call& bounds) {
    const auto gateway = on.gateway();
    if (!gateway) return conclude_failure(on, record, gateway.error());
    const ports::qr_refund_request request(order_number(original), refund_number(record), record.requested);
    const auto status = (*gateway)->refund(request, bounds.no_later_than(on.settings().gateway.response_time));
    note_gateway(on, "refund order", record, word(status));
    if (!status) {
        // A gateway that does not know an order which it was paid for has lost more than this refund.
        const bool lost = record.state == record_state::unknown && status.error().peer_code() == no_such_order;
        if (!lost) return conclude_failure(on, record, status.error());
        return write_verdict(on, record, no_word(record), status.error());
    }
    auto verdict = qr_verdict(record, record_state::approved, order_phase::refunded, "refunded");
    verdict.approved = record.requested;
    verdict.reference = status->transaction_number;
    return write_verdict(on, record, verdict, std::nullopt);
}

} // namespace

result<std::string> new_order_number(const lane_core& on) {
    constexpr std::string_view digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; // no letter that reads as a digit
    std::array<std::uint8_t, 12> noise{};
    CIPHERLANE_CHECK(crypto::random_fill(noise));
    auto number = on.terminal_id() + on.today();
    for (const auto one : noise)
        number += digits[one % digits.size()];
    return number;
}

std::string order_number(const journal_record& record) {
    if (!record.order_number.empty()) return record.order_number;
    return record.terminal_id + record.created_date + six_digits(record.batch) + six_digits(record.trace);
}

payment conclude_failure(lane_core& on, const journal_record& record, const error& why) {
    if (why.is(condition::rejected_by_peer)) {
        auto verdict = qr_verdict(record, record_state::declined, order_phase::refused, why.peer_code());
        return write_verdict(on, record, verdict, why);
    }
    return write_verdict(on, record, no_word(record), why);
}

payment conclude_order(lane_core& on, const journal_record& record, const result<ports::qr_order_status>& status) {
    if (!status) {
        const auto& why = status.error();
        const bool never_made = why.is(condition::rejected_by_peer) && why.peer_code() == no_such_order;
        if (!never_made) return write_verdict(on, record, no_word(record), why);
        return write_verdict(on, record,
            qr_verdict(record, record_state::declined, order_phase::cancelled, to_string(qr_order_state::cancelled)),
            why);
    }
    const auto phase = ledger::phase_of(status->state);
    const auto state = ledger::state_after(record, phase, status->paid);
    auto verdict = qr_verdict(record, state, phase, to_string(status->state));
    if (state == record_state::unknown) {
        if (!ledger::may_follow(record.phase, phase)) verdict.phase.reset();
        const auto why = flow_error(acquiring_errc::order_pending, "order").for_trace(record.trace);
        return write_verdict(on, record, verdict, why);
    }
    if (state == record_state::approved) {
        verdict.approved = status->paid;
        verdict.reference = status->transaction_number;
    }
    return write_verdict(on, record, verdict, std::nullopt);
}

payment cancel_order(lane_core& on, const journal_record& record, order_made made) {
    const auto gateway = on.gateway();
    if (!gateway) return conclude_order(on, record, gateway.error());
    const auto status = (*gateway)->cancel(order_number(record), call(on.settings().gateway.response_time));
    note_gateway(on, "cancel order", record, word(status));
    if (!status && made == order_made::acknowledged) {
        const bool known = ledger::phases::acknowledged.contains(record.phase);
        const auto phase = known ? record.phase : order_phase::issued;
        return write_verdict(
            on, record, qr_verdict(record, record_state::unknown, phase, to_string(phase)), status.error());
    }
    return conclude_order(on, record, status);
}

payment resolve_order(lane_core& on, const journal_record& record, const call& bounds) {
    if (record.kind == ports::trade::qr_sale) {
        const bool known = ledger::phases::acknowledged.contains(record.phase);
        return cancel_order(on, record, known ? order_made::acknowledged : order_made::not_known);
    }
    const auto original = on.journal().find(record.original, on.journal_call());
    if (!original || !*original) {
        return conclude_failure(on, record, flow_error(acquiring_errc::no_original, "refund order"));
    }
    return send_refund(on, record, **original, bounds);
}

result<void> settle_orders(lane_core& on, const call& bounds) {
    CIPHERLANE_TRY(auto open, on.journal().open_records(on.terminal_id(), on.journal_call()));
    for (auto& record : open) {
        if (record.kind != ports::trade::qr_sale && record.kind != ports::trade::qr_refund) continue;
        CIPHERLANE_CHECK(take_as_sent(on, record));
        if (resolve_order(on, record, bounds).outcome == verdict::unknown) {
            return flow_error(acquiring_errc::order_pending, "earlier order").for_trace(record.trace);
        }
    }
    return {};
}

result<payment> refund_order(
    lane_core& on, const refund_request& request, const journal_record& original, const call& bounds) {
    CIPHERLANE_TRY([[maybe_unused]] auto* const gateway, on.gateway());
    journal_record fresh;
    fresh.terminal_id = on.terminal_id();
    fresh.merchant_id = on.settings().merchant_id;
    fresh.idempotency_key = request.idempotency_key;
    fresh.kind = ports::trade::qr_refund;
    fresh.requested = request.total;
    fresh.approved = amount(0, request.total.unit());
    fresh.original = original.id;
    fresh.created_date = on.today();
    CIPHERLANE_TRY(fresh.order_number, new_order_number(on));
    CIPHERLANE_TRY(const auto record, on.journal().begin(fresh, nullptr, bounds));
    return send_refund(on, record, original, bounds);
}

} // namespace cipherlane::acquiring
