#include "flow/notices.hpp"

#include "flow/order_outcome.hpp"
#include "flow/unsent.hpp"
#include "flow/verdict.hpp"

#include <cipherlane/ledger/order_life.hpp>
#include <cipherlane/ledger/record_life.hpp>

namespace cipherlane::acquiring {
namespace {

using ports::decider;
using ports::journal_record;
using ports::journal_verdict;
using ports::order_notice;
using ports::record_state;

/// For the alert alone.
journal_record record_of(const lane_core& on, const ports::qr_order_status& told) {
    journal_record record;
    record.kind = ports::trade::qr_sale;
    record.state = record_state::unknown;
    record.terminal_id = on.terminal_id();
    record.merchant_id = told.merchant_id;
    record.order_number = told.order_number;
    record.requested = told.paid;
    record.reference = told.transaction_number;
    record.phase = ledger::phase_of(told.state);
    return record;
}

/// Whether what the gateway tells is what the record says already.
bool agrees(const journal_record& record, const ports::qr_order_status& told) {
    const auto wanted = ledger::outcome_of(record.state);
    switch (told.state) {
    case ports::qr_order_state::paid: return wanted == ledger::outcome::approved && told.paid == record.approved;
    case ports::qr_order_state::waiting: return true;
    case ports::qr_order_state::cancelled:
    case ports::qr_order_state::expired: return wanted == ledger::outcome::declined;
    case ports::qr_order_state::refunded: break;
    }
    return wanted == ledger::outcome::returned;
}

/// Another payment than the one that was booked, or that waits for a person. An approval on a person's word names
/// none.
bool is_second_payment(const journal_record& record, const ports::qr_order_status& told) {
    if (told.state != ports::qr_order_state::paid || told.transaction_number.empty()) return false;
    const bool first_stands =
        ledger::outcome_of(record.state) == ledger::outcome::approved || ledger::states::open.contains(record.state);
    return first_stands && !record.reference.empty() && record.reference != told.transaction_number;
}

/// Names the payment that must go back, not the one that the record has.
void raise_second(lane_core& on, journal_record record, const ports::qr_order_status& told) {
    record.reference = told.transaction_number;
    record.requested = told.paid;
    on.raise(alert_kind::paid_twice, record);
}

/// It was told as not paid. Somebody must deliver or give back: until then it is not decided.
result<void> reopen(lane_core& on, journal_record& record, const ports::qr_order_status& told) {
    journal_verdict verdict(record_state::unknown, decider::gateway);
    verdict.host_code = std::string(to_string(told.state));
    verdict.reference = told.transaction_number;
    CIPHERLANE_CHECK(on.journal().decide(record.id, verdict, on.journal_call()));
    ledger::apply(record, verdict);
    on.raise(alert_kind::paid_after_close, record);
    return {};
}

/// @return false for one that is another lane's.
result<bool> settle_notice(lane_core& on, const order_notice& notice) {
    const auto& told = notice.told;
    CIPHERLANE_TRY(auto record, on.journal().find_order(told.order_number, on.journal_call()));
    if ((record ? record->terminal_id : told.terminal_id) != on.terminal_id()) return false;
    if (!record) {
        on.raise(alert_kind::unknown_notice, record_of(on, told));
    } else if (is_second_payment(*record, told)) {
        raise_second(on, *record, told);
    } else if (ledger::states::open.contains(record->state)) {
        CIPHERLANE_CHECK(take_over(on, *record));
        (void)conclude_order(on, *record, told);
    } else if (!agrees(*record, told)) {
        if (!ledger::may_follow(*record, record_state::unknown, decider::gateway)) {
            on.raise(alert_kind::order_unknown, *record);
            return true;
        }
        CIPHERLANE_CHECK(reopen(on, *record, told));
    }
    return true;
}

} // namespace

void settle_notices(lane_core& on) {
    if (!on.gateway()) return;
    const auto open = on.journal().open_notices(on.journal_call());
    if (!open) return;
    for (const auto& notice : *open) {
        const auto done = settle_notice(on, notice);
        if (done && *done) (void)on.journal().close_notice(notice.id, on.journal_call());
    }
}

} // namespace cipherlane::acquiring
