#include "flow/verdict.hpp"

#include <cipherlane/ledger/record_life.hpp>
#include <cipherlane/ledger/trades.hpp>

namespace cipherlane::acquiring {

using ports::journal_record;
using ports::journal_verdict;

payment write_verdict(
    lane_core& on, journal_record& record, const journal_verdict& verdict, std::optional<error> why) {
    if (verdict.state != record.state) {
        if (const auto written = on.journal().decide(record.id, verdict, on.journal_call()); !written) {
            on.raise(alert_kind::journal_failed, record);
            auto value = to_payment(record);
            value.outcome = verdict::unknown;
            value.approved = amount(0, record.requested.unit());
            value.unpaid.reset();
            value.why = written.error();
            return value;
        }
    }
    ledger::apply(record, verdict);
    raise_about(on, record);
    auto value = to_payment(record);
    value.why = std::move(why);
    return value;
}

error write_not_sent(lane_core& on, const journal_record& record, const error& why) {
    const journal_verdict verdict(ports::record_state::not_sent, ports::decider::till);
    (void)on.journal().decide(record.id, verdict, on.journal_call());
    return error(why).for_trace(record.trace);
}

void raise_about(lane_core& on, const journal_record& record) {
    if (ledger::states::reverses.contains(record.state)) {
        if (record.created_date < on.today()) on.raise(alert_kind::aged_reversal, record);
    } else if (ledger::states::a_persons.contains(record.state)) {
        const bool through_host = ledger::row_of(record.kind).through == ledger::channel::host;
        on.raise(ledger::reversible(record.kind) ? alert_kind::reversal_refused
                 : through_host                  ? alert_kind::refund_unknown
                                                 : alert_kind::order_unknown,
            record);
    }
}

result<void> tell_refunds(lane_core& on, payment& value, const call& bounds) {
    if (value.outcome != verdict::approved || !ledger::refunded_by(value.kind)) return {};
    CIPHERLANE_TRY(const auto given, on.journal().refunded(value.handle, bounds));
    if (given.minor() == 0) return {};
    auto certain = given.minor();
    CIPHERLANE_TRY(const auto open, on.journal().open_records(on.terminal_id(), bounds));
    for (const auto& record : open) {
        if (record.original == value.handle) certain -= record.requested.minor();
    }
    value.refunded = amount(certain, value.requested.unit());
    if (value.refunded >= value.approved) value.outcome = verdict::refunded;
    return {};
}

} // namespace cipherlane::acquiring
