#include "flows.hpp"
#include "qr_order.hpp"
#include "reversal.hpp"
#include "trade.hpp"

#include <cipherlane/acquiring/recovery.hpp>

#include <algorithm>

namespace cipherlane::acquiring {
namespace {

using ports::journal_record;
using ports::record_state;

bool through_gateway(const journal_record& record) noexcept {
    return record.kind == ports::trade::qr_sale || record.kind == ports::trade::qr_refund;
}

bool open_state(record_state state) noexcept {
    return state == record_state::prepared || state == record_state::reversal_pending ||
           state == record_state::unknown || state == record_state::reversal_refused;
}

payment reverse(lane_core& on, journal_record record, const call& bounds) {
    if (record.created_date < on.today()) on.raise(alert_kind::aged_reversal, record);
    auto value = to_payment(record);
    if (!on.mac_key_loaded) {
        if (const auto signed_in = perform(on, sign_in_request{}, bounds); !signed_in) {
            value.why = signed_in.error();
            return value;
        }
    }
    const auto end = send_reversal(on, record, bounds);
    record.state = end.state;
    value = to_payment(record);
    value.why = end.why;
    return value;
}

result<payment> recover(lane_core& on, journal_record record, const call& bounds) {
    CIPHERLANE_CHECK(take_as_sent(on, record));
    if (record.state == record_state::reversal_pending) return reverse(on, record, bounds);
    if (record.state == record_state::unknown && through_gateway(record)) return resolve_order(on, record, bounds);
    if (record.state == record_state::unknown) on.raise(alert_kind::refund_unknown, record);
    if (record.state == record_state::reversal_refused) on.raise(alert_kind::reversal_refused, record);
    return to_payment(record);
}

/// What concerns a request: one record, or all that are undecided or perhaps untold.
result<std::vector<journal_record>> concerned(lane_core& on, const recovery_request& request, const call& bounds) {
    if (request.handle != 0) {
        CIPHERLANE_TRY(auto found, on.journal().find(request.handle, bounds));
        if (!found || found->terminal_id != on.terminal_id()) {
            return flow_error(acquiring_errc::no_original, "recovery");
        }
        return std::vector<journal_record>{std::move(*found)};
    }
    CIPHERLANE_TRY(auto records, on.journal().open_records(on.terminal_id(), bounds));
    CIPHERLANE_TRY(auto untold, on.journal().untold_records(on.terminal_id(), bounds));
    records.insert(records.end(), untold.begin(), untold.end());
    std::sort(
        records.begin(), records.end(), [](const journal_record& a, const journal_record& b) { return a.id < b.id; });
    return records;
}

} // namespace

result<std::vector<payment>> perform(lane_core& on, const recovery_request& request, const call& bounds) {
    CIPHERLANE_TRY(const auto records, concerned(on, request, bounds));
    std::vector<payment> outcomes;
    for (const auto& record : records) {
        if (!open_state(record.state) && !record.closed) on.raise(alert_kind::untold_verdict, record);
        CIPHERLANE_TRY(auto value, recover(on, record, bounds));
        value.told = told::recorded;
        close(on, value);
        outcomes.push_back(std::move(value));
    }
    return outcomes;
}

} // namespace cipherlane::acquiring
