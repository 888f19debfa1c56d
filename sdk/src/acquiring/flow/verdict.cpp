#include "flow/verdict.hpp"

#include <cipherlane/ledger/record_life.hpp>
#include <cipherlane/ledger/totals.hpp>
#include <cipherlane/ledger/trades.hpp>

namespace cipherlane::acquiring {

using ports::journal_record;
using ports::journal_verdict;

namespace {

/// A commit that failed, or did not end in time, may have been carried out all the same.
bool has_taken(lane_core& on, const journal_record& record, const journal_verdict& verdict) {
    const auto found = on.journal().find(record.id, on.journal_call());
    if (!found || !*found || (*found)->state != verdict.state) return false;
    return verdict.state != record.state || ledger::holds(**found, verdict);
}

} // namespace

payment write_verdict(
    lane_core& on, journal_record& record, const journal_verdict& verdict, std::optional<error> why) {
    if (ledger::must_write(record, verdict)) {
        const auto written = on.journal().decide(record.id, verdict, on.journal_call());
        if (!written && !has_taken(on, record, verdict)) {
            on.raise(alert_kind::journal_failed, record);
            auto value = to_payment(record);
            value.outcome = verdict::unknown;
            value.approved = amount(0, record.requested.unit());
            value.unpaid.reset();
            value.why = written.error();
            return value;
        }
        ledger::apply(record, verdict);
    }
    if (ledger::states::decided.contains(record.state)) on.left_at.erase(record.id);
    if (on.guard() != nullptr) on.guard()->decided(record);
    raise_about(on, record);
    auto value = to_payment(record);
    value.why = std::move(why);
    return value;
}

result<void> write_step(lane_core& on, journal_record& record, const journal_verdict& step) {
    CIPHERLANE_CHECK(on.journal().decide(record.id, step, on.journal_call()));
    ledger::apply(record, step);
    return {};
}

void raise_about(lane_core& on, const journal_record& record) {
    if (ledger::states::open.contains(record.state) && is_foreign(on, record)) {
        on.raise(alert_kind::orphaned_record, record);
    }
    if (ledger::states::reverses.contains(record.state)) {
        if (record.created_date < on.today()) on.raise(alert_kind::aged_reversal, record);
    } else if (ledger::states::repeats.contains(record.state)) {
        if (record.created_date < on.today()) on.raise(alert_kind::advice_aged, record);
    } else if (ledger::states::a_persons.contains(record.state)) {
        constexpr auto unknown_of = [](ledger::channel through) {
            switch (through) {
            case ledger::channel::host: return alert_kind::refund_unknown;
            case ledger::channel::gateway: return alert_kind::order_unknown;
            case ledger::channel::terminal: break;
            }
            return alert_kind::terminal_unknown;
        };
        const auto through = ledger::row_of(record.kind).through;
        on.raise(ledger::reversible(record.kind) ? alert_kind::reversal_refused : unknown_of(through), record);
    }
}

result<void> check_not_frozen(lane_core& on, const journal_record& record, std::string_view operation) {
    CIPHERLANE_TRY(const auto progress, on.journal().settlement(on.terminal_id(), on.journal_call()));
    if (!ledger::is_frozen(progress, record)) return {};
    return flow_error(acquiring_errc::settlement_due, operation).for_trace(record.trace);
}

bool is_foreign(const lane_core& on, const journal_record& record) {
    const bool of_gateway = ledger::row_of(record.kind).through == ledger::channel::gateway;
    if (of_gateway && on.has_several_gateways()) return !on.gateway_of(record);
    if (record.counterpart.empty()) return false;
    if (!on.has_peer(record.kind)) return true;
    return !on.is_counterpart(record);
}

} // namespace cipherlane::acquiring
