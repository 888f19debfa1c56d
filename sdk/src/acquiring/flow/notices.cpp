#include "flow/notices.hpp"

#include "flow/besides.hpp"
#include "flow/order_outcome.hpp"
#include "flow/order_watch.hpp"
#include "flow/unsent.hpp"
#include "flow/unwanted.hpp"
#include "flow/verdict.hpp"

#include <cipherlane/ledger/order_life.hpp>
#include <cipherlane/ledger/order_number.hpp>
#include <cipherlane/ledger/record_life.hpp>

#include <algorithm>
#include <chrono>

namespace cipherlane::acquiring {
namespace {

using ports::decider;
using ports::journal_record;
using ports::journal_verdict;
using ports::notice_matter;
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

alert_kind kind_of(notice_matter matter) noexcept {
    switch (matter) {
    case notice_matter::second_payment: return alert_kind::paid_twice;
    case notice_matter::contradiction: return alert_kind::order_unknown;
    case notice_matter::no_lane: return alert_kind::orphaned_record;
    case notice_matter::unknown_order:
    case notice_matter::none: break;
    }
    return alert_kind::unknown_notice;
}

/// What a person must know of. @param order of which the gateway speaks, where the journal has it and it can be read.
void raise_matter(
    lane_core& on, const order_notice& notice, notice_matter matter, const std::optional<journal_record>& order) {
    const bool known = order && matter != notice_matter::unknown_order;
    auto record = known ? *order : record_of(on, notice.told);
    // It goes back, or must, and is not the one that the record has.
    if (matter == notice_matter::second_payment || matter == notice_matter::no_lane) {
        record.reference = notice.told.transaction_number;
        record.requested = notice.told.paid;
    }
    on.raise(kind_of(matter), record, notice.id);
}

/// It was told as not paid: until the money is back, or a person has decided, it is not decided.
result<void> reopen(lane_core& on, journal_record& record, const ports::qr_order_status& told) {
    journal_verdict verdict(record_state::unknown, decider::gateway);
    verdict.host_code = std::string(to_string(told.state));
    verdict.reference = told.transaction_number;
    verdict.phase = ledger::phase_once_late(record.phase);
    return write_step(on, record, verdict);
}

/// The record of the order of which a number is a code.
result<std::optional<journal_record>> find_order(lane_core& on, const std::string& number) {
    CIPHERLANE_TRY(auto whole, on.journal().find_order(number, on.journal_call()));
    const auto code = ledger::code_of_number(number);
    if (whole || code.renewals == 0) return whole;
    CIPHERLANE_TRY(auto found, on.journal().find_order(code.mark, on.journal_call()));
    if (found && code.renewals > found->renewals) found.reset(); // no code of ours
    return found;
}

/// Somebody has paid by an earlier code, while the last one may still be paid: that one comes to its end first.
result<void> end_last_code(lane_core& on, journal_record& record, besides& spare) {
    CIPHERLANE_CHECK(take_over(on, record));
    if (!ledger::may_be_paid(record)) return {};
    if (spare.may_ask(record)) {
        const auto end = resolve_order(on, record, spare.bounds());
        spare.asked(record, end.why);
    }
    if (!ledger::may_be_paid(record)) return {};
    return flow_error(acquiring_errc::order_pending, "notification").for_trace(record.trace);
}

/// What the gateway says of an order that is open. @return what kept it from becoming durable: the news must be heard
/// again, or a payment that comes besides it would be taken for the first.
result<void> conclude_heard(lane_core& on, journal_record& record, const ports::qr_order_status& told) {
    CIPHERLANE_CHECK(take_over(on, record));
    const auto word = word_of_gateway(record, told);
    (void)conclude_order(on, record, told);
    if (ledger::holds(record, word)) return {};
    return flow_error(acquiring_errc::order_pending, "notification").for_trace(record.trace);
}

/// A charge that was left open was to be undone, and may have been: only its undoing tells, not that it was paid.
result<void> end_charge(lane_core& on, journal_record& record, besides& spare) {
    CIPHERLANE_CHECK(take_over(on, record));
    if (spare.may_ask(record)) {
        const auto end = resolve_order(on, record, spare.bounds());
        spare.asked(record, end.why);
    }
    if (!ledger::states::open.contains(record.state)) return {};
    return flow_error(acquiring_errc::order_pending, "notification").for_trace(record.trace);
}

/// Which of an order's codes a number is. One without an ending is the first code's, or that of a record which has
/// the whole of it as its mark.
std::uint32_t code_told(const journal_record& record, const std::string& number) {
    return number == order_mark(record) ? 0 : ledger::code_of_number(number).renewals;
}

/// @return what is left of it for a person.
result<notice_matter> hear_payment(
    lane_core& on, journal_record& record, const order_notice& notice, besides& spare) {
    const auto& told = notice.told;
    const auto which = code_told(record, told.order_number);
    if (which < record.renewals && ledger::states::open.contains(record.state)) {
        CIPHERLANE_CHECK(end_last_code(on, record, spare));
    }
    switch (ledger::word_on_payment(record, told, which)) {
    case ledger::payment_word::pays: {
        const bool charged = ledger::charge_trades.contains(record.kind);
        CIPHERLANE_CHECK(charged ? end_charge(on, record, spare) : conclude_heard(on, record, told));
        break;
    }
    case ledger::payment_word::known: break;
    case ledger::payment_word::late:
        if (!ledger::states::open.contains(record.state)) CIPHERLANE_CHECK(reopen(on, record, told));
        on.raise(alert_kind::paid_after_close, record);
        CIPHERLANE_CHECK(give_back_unwanted(on, record, told, spare));
        break;
    case ledger::payment_word::second:
        raise_matter(on, notice, notice_matter::second_payment, record);
        CIPHERLANE_CHECK(give_back_unwanted(on, record, told, spare));
        return notice_matter::second_payment;
    case ledger::payment_word::contradicts: return notice_matter::contradiction;
    }
    return notice_matter::none;
}

/// Whether the journal has no order that the gateway can mean.
bool is_unknown(const std::optional<journal_record>& record, const ports::qr_order_status& told) {
    const bool other_payee = record && !told.merchant_id.empty() && told.merchant_id != record->merchant_id;
    return !record || other_payee || !ledger::order_trades.contains(record->kind);
}

/// @return what is left of it for a person.
result<notice_matter> settle_notice(
    lane_core& on, const order_notice& notice, std::optional<journal_record>& record, besides& spare) {
    const auto& told = notice.told;
    if (is_unknown(record, told)) return notice_matter::unknown_order;
    if (told.state == ports::qr_order_state::paid) return hear_payment(on, *record, notice, spare);
    if (!speaks_of(*record, told)) return notice_matter::none;
    if (ledger::states::open.contains(record->state)) {
        CIPHERLANE_CHECK(conclude_heard(on, *record, told));
        return notice_matter::none;
    }
    return ledger::agrees(*record, told.state) ? notice_matter::none : notice_matter::contradiction;
}

/// What is left for a person of a notice that no lane can settle, as it has no gateway to ask or no right to write.
notice_matter matter_without_lane(const std::optional<journal_record>& record, const ports::qr_order_status& told) {
    if (is_unknown(record, told)) return notice_matter::unknown_order;
    const bool open = ledger::states::open.contains(record->state);
    if (told.state != ports::qr_order_state::paid) {
        if (open) return notice_matter::none; // it is told as not decided itself, and nobody's money is in it
        return ledger::agrees(*record, told.state) ? notice_matter::none : notice_matter::contradiction;
    }
    switch (ledger::word_on_payment(*record, told, code_told(*record, told.order_number))) {
    case ledger::payment_word::known: return notice_matter::none;
    case ledger::payment_word::second: return notice_matter::second_payment;
    case ledger::payment_word::contradicts: return notice_matter::contradiction;
    case ledger::payment_word::pays:
    case ledger::payment_word::late: break;
    }
    return notice_matter::no_lane;
}

/// Closes it, or leaves it to a person, who is called.
result<void> dispose_of(
    lane_core& on, const order_notice& notice, notice_matter matter, const std::optional<journal_record>& record) {
    if (matter == notice_matter::none) return on.journal().close_notice(notice.id, on.journal_call());
    raise_matter(on, notice, matter, record);
    return on.journal().leave_notice(notice.id, matter, on.terminal_id(), on.journal_call());
}

/// Whose a notice is: the terminal's that has the order, else of which the gateway speaks, which may be none.
const std::string& terminal_of(const std::optional<journal_record>& record, const order_notice& notice) noexcept {
    return record ? record->terminal_id : notice.told.terminal_id;
}

/// What is another lane's, or cannot be dealt with now, stays.
result<void> deal_with(lane_core& on, const order_notice& notice, besides& spare) {
    CIPHERLANE_TRY(auto record, find_order(on, notice.told.order_number));
    const auto& whose = terminal_of(record, notice);
    if (!whose.empty() && on.inherits(whose))
        return dispose_of(on, notice, matter_without_lane(record, notice.told), record);
    // Not every gateway says which terminal it means: whoever hears of an order that nobody has tells it.
    if (whose != on.terminal_id() && (record || !whose.empty())) return {};
    CIPHERLANE_TRY(const auto matter, settle_notice(on, notice, record, spare));
    return dispose_of(on, notice, matter, record);
}

void note_untold(const lane_core& on, const result<void>& why) {
    if (why) return;
    on.log().warning("acquiring", "what is told of a terminal without a lane waits: " + why.error().to_string());
}

/// What was kept while the settings named a gateway.
result<void> take_without_gateway(lane_core& on) {
    CIPHERLANE_TRY(const auto open, on.journal().open_notices(on.journal_call()));
    for (const auto& notice : open) {
        const auto record = find_order(on, notice.told.order_number);
        if (!record) continue; // one damaged record keeps nothing from recovery
        const auto& whose = terminal_of(*record, notice);
        const bool own = whose == on.terminal_id() || (!*record && whose.empty());
        if (!own && !on.inherits(whose)) continue;
        const auto disposed = dispose_of(on, notice, matter_without_lane(*record, notice.told), *record);
        if (own) CIPHERLANE_CHECK(disposed);
        note_untold(on, disposed);
    }
    return {};
}

/// Of a damaged record no more is told than the notice itself says.
void raise_left(lane_core& on, const order_notice& notice) {
    const auto order = find_order(on, notice.told.order_number);
    raise_matter(on, notice, notice.matter, order ? *order : std::nullopt);
}

/// What terminals that have no lane any more had left for a person is this one's to tell, though nothing else of them
/// is on file. Another terminal's words keep nobody from this one's recovery: they wait for the next one.
void inherit_left_notices(lane_core& on) {
    const auto left = on.journal().left_notices({}, on.journal_call());
    if (!left) return note_untold(on, left.error());
    for (const auto& notice : *left) {
        if (!on.inherits(notice.told.terminal_id)) continue;
        raise_left(on, notice);
        note_untold(on, on.journal().leave_notice(notice.id, notice.matter, on.terminal_id(), on.journal_call()));
    }
}

} // namespace

void settle_notices(lane_core& on, const call& bounds) {
    if (!on.has_gateway()) return;
    const auto open = on.journal().open_notices(on.journal_call());
    if (!open) return;
    // Whatever the caller came for, one request and its answer must have their time.
    const auto host = on.host();
    const auto of_host = host ? (*host)->response_time() : std::chrono::milliseconds(0);
    besides spare(on, std::max(of_host, on.settings().gateway.response_time), bounds);
    for (const auto& notice : *open) {
        if (bounds.stopped()) return;
        (void)deal_with(on, notice, spare);
    }
}

result<void> tell_left_notices(lane_core& on) {
    CIPHERLANE_TRY(const auto left, on.journal().left_notices(on.terminal_id(), on.journal_call()));
    for (const auto& notice : left)
        raise_left(on, notice);
    if (!on.has_gateway()) CIPHERLANE_CHECK(take_without_gateway(on));
    inherit_left_notices(on);
    return {};
}

} // namespace cipherlane::acquiring
