#include "flow/charge.hpp"

#include "flow/guard.hpp"
#include "flow/order_outcome.hpp"
#include "flow/order_watch.hpp"
#include "flow/unsent.hpp"
#include "host/exchange.hpp"

#include <algorithm>

namespace cipherlane::acquiring {
namespace {

using ports::journal_record;

/// Undoes it, and says that it was the payer who did not confirm, or the cashier who did not wait.
payment undo_charge(lane_core& on, journal_record& record, const call& bounds) {
    auto end = conclude_closing(on, record, close_at_gateway(on, record, bounds));
    if (end.outcome == verdict::declined) {
        end.unpaid = not_paid{bounds.stopped() ? actor::cashier : actor::cardholder, stage::paying};
    }
    return end;
}

/// For how long the payer is waited for: less what the undoing takes.
call confirming(const lane_core& on, const call& bounds) {
    const auto left = bounds.until().left() - on.settings().gateway.response_time;
    return bounds.no_later_than(std::min<std::chrono::milliseconds>(
        on.settings().qr.password, std::max<std::chrono::milliseconds>(left, std::chrono::milliseconds(0))));
}

} // namespace

result<void> check_fresh(const lane_core& on, const payer_code& code) {
    const auto scanned = code.scanned();
    if (!scanned || monotonic_clock::now() - *scanned <= on.settings().qr.code_fresh) return {};
    return flow_error(acquiring_errc::code_too_old, to_string(stage::preparing));
}

result<payment> charge(lane_core& on, ports::qr_gateway& gateway, const trade_request& what,
    const std::optional<ports::charge_serial>& serial, journal_record& record, const call& bounds) {
    ports::qr_charge_request wish(order_number(record), record.requested, what.payment_code.text());
    wish.terminal_id = on.terminal_id();
    wish.device_serial = on.settings().block_serial();
    wish.subject = what.subject;
    wish.serial_block = serial;
    on.enter(stage::ordering);
    if (const auto held = on.journal().confirm_hold(on.terminal_id(), on.journal_call()); !held)
        return write_not_sent(on, record, held.error());
    const auto funds = funds_for(on, record, what.funds);
    if (!funds) return write_not_sent(on, record, funds.error());
    wish.funds = *funds;
    on.left_at.insert_or_assign(record.id, monotonic_clock::now());
    const auto told = gateway.charge(wish, bounds.no_later_than(on.settings().gateway.response_time));
    note_from_gateway(
        on, "charge", record, told ? std::string(to_string(told->state)) : told.error().code().message());
    if (told && at_end(told->state)) return conclude_order(on, record, *told);
    if (!told) {
        if (nothing_left(told.error())) return write_not_sent(on, record, told.error());
        if (told.error().is(condition::rejected_by_peer)) return conclude_failure(on, record, told.error());
    } else if (const auto kept = keep_issued(on, record, {}); !kept) {
        auto end = undo_charge(on, record, bounds);
        if (!end.why) end.why = kept.error();
        return end;
    }
    on.enter(told && told->state == ports::qr_order_state::paying ? stage::paying : stage::ordering);
    const auto news = watch(on, gateway, record, confirming(on, bounds));
    return news.told ? conclude_order(on, record, *news.told) : undo_charge(on, record, bounds);
}

} // namespace cipherlane::acquiring
