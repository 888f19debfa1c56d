#include "flow/recovery.hpp"

#include "flow/advice.hpp"
#include "flow/besides.hpp"
#include "flow/notices.hpp"
#include "flow/order_outcome.hpp"
#include "flow/original.hpp"
#include "flow/reversal.hpp"
#include "flow/terminal_trade.hpp"
#include "flow/unsent.hpp"
#include "flow/unwanted.hpp"
#include "flow/verdict.hpp"

#include <cipherlane/acquiring/refunds.hpp>
#include <cipherlane/ledger/record_life.hpp>
#include <cipherlane/ledger/record_set.hpp>

#include <algorithm>
#include <chrono>

namespace cipherlane::acquiring {
namespace {

using ports::journal_record;

result<payment> decide(lane_core& on, journal_record& record, recovered_for whom, const call& bounds) {
    CIPHERLANE_CHECK(take_over(on, record));
    raise_about(on, record);
    if ((ledger::states::reverses | ledger::states::unproven).contains(record.state)) {
        auto why = send_reversal(on, record, bounds);
        auto value = to_payment(record);
        value.why = std::move(why);
        return value;
    }
    if (ledger::states::repeats.contains(record.state)) {
        auto why = send_advice(on, record, bounds);
        auto value = to_payment(record);
        value.why = std::move(why);
        return value;
    }
    if (ledger::states::a_persons.contains(record.state) && ledger::terminal_trades.contains(record.kind)) {
        return resolve_at_terminal(on, record, bounds);
    }
    const bool asks = ledger::states::a_persons.contains(record.state) &&
                      ledger::gateway_trades.contains(record.kind) &&
                      (whom == recovered_for::its_caller || !ledger::marks_send(record.kind));
    if (!asks || end_given_back(on, record)) return to_payment(record);
    return resolve_order(on, record, bounds);
}

/// What concerns a request: one record, or all that are undecided or perhaps untold.
result<std::vector<journal_record>> concerned(lane_core& on, const recovery_request& request, const call& bounds) {
    if (request.handle != 0) {
        CIPHERLANE_TRY(auto found, find_original(on, request.handle, "recovery", bounds));
        return std::vector<journal_record>{std::move(found)};
    }
    CIPHERLANE_TRY(auto records, on.journal().open_records(on.terminal_id(), bounds));
    CIPHERLANE_TRY(auto untold, on.journal().untold_records(on.terminal_id(), bounds));
    records.insert(records.end(), untold.begin(), untold.end());
    // Only the flow itself knows of what it makes by itself.
    std::erase_if(records, [](const journal_record& one) { return ledger::own_trades.contains(one.kind); });
    std::sort(
        records.begin(), records.end(), [](const journal_record& a, const journal_record& b) { return a.id < b.id; });
    return records;
}

} // namespace

result<payment> recover(lane_core& on, journal_record record, recovered_for whom, const call& bounds) {
    CIPHERLANE_TRY(auto value, decide(on, record, whom, bounds));
    value.told = told::recorded;
    CIPHERLANE_CHECK(tell_refunds(on.journal(), value, bounds));
    return value;
}

result<std::vector<payment>> perform(lane_core& on, const recovery_request& request, const call& bounds) {
    if (request.handle == 0) {
        CIPHERLANE_CHECK(tell_left_notices(on));
        on.gateways_failed.clear(); // nobody waits at the counter: what is left is asked for, and each is tried anew
        besides spare(on, std::chrono::milliseconds(0), bounds);
        send_returns(on, spare);
    }
    CIPHERLANE_TRY(auto records, concerned(on, request, bounds));
    const auto whom = request.handle != 0 ? recovered_for::its_caller : recovered_for::everybody;
    std::vector<payment> outcomes;
    for (auto& record : records) {
        if (ledger::records::untold.contains(record)) on.raise(alert_kind::untold_verdict, record);
        CIPHERLANE_TRY(auto value, recover(on, std::move(record), whom, bounds));
        outcomes.push_back(std::move(value));
    }
    if (request.handle != 0) return outcomes;
    on.recovered = true;
    send_notices(on, bounds);
    return outcomes;
}

} // namespace cipherlane::acquiring
