#include "card_entry.hpp"
#include "flows.hpp"
#include "original.hpp"
#include "qr_order.hpp"
#include "trade.hpp"

#include <cipherlane/acquiring/refund.hpp>

namespace cipherlane::acquiring {
namespace {

using ports::journal_record;

const iso8583::transaction_row& refund_row() {
    return iso8583::row_of(iso8583::transaction::refund);
}

/// From the seal; once that has been erased the card must be there again.
result<ports::stored_card> card_of(lane_core& on, const journal_record& original, const amount& total,
    const ports::wrapped_key& pin_key, const call& bounds) {
    if (original.card_sealed) return on.journal().card(original.id, bounds);
    CIPHERLANE_TRY(auto entry, read_card_alone(on, total, pin_key, bounds));
    if (entry.account.masked() != original.masked_pan) {
        return flow_error(acquiring_errc::no_original, "refund").in_field("card").for_trace(original.trace);
    }
    return ports::stored_card(std::move(entry.account), std::move(entry.expiry));
}

result<payment> give_back(lane_core& on, const refund_request& request, const journal_record& original,
    const ports::wrapped_key& pin_key, const call& bounds) {
    CIPHERLANE_CHECK(check_room(on, ports::trade::refund, request.total, bounds));
    CIPHERLANE_TRY(const auto card, card_of(on, original, request.total, pin_key, bounds));
    CIPHERLANE_CHECK(check_time(on, bounds));
    auto fresh = new_record(on, request.idempotency_key, ports::trade::refund, request.total, refund_row());
    refer_to(fresh, original);
    CIPHERLANE_TRY(const auto record, on.journal().begin(fresh, &card, bounds));
    auto message = new_request(on, refund_row(), record.trace);
    fill_from_record(message, record, &card);
    name_original(message, original);
    std::string operator_id = on.settings().operator_id;
    operator_id.resize(3, ' ');
    message.set(63, operator_id);
    const auto end = exchange(on, message, refund_row(), "refund", record.masked_pan, bounds);
    return conclude(on, record, end, partial_approval::refuse, bounds);
}

result<void> check_left(
    lane_core& on, const refund_request& request, const journal_record& original, const call& bounds) {
    const auto refuse = [&](acquiring_errc why) { return flow_error(why, "refund").for_trace(original.trace); };
    if (original.state != ports::record_state::approved) return refuse(acquiring_errc::original_not_approved);
    CIPHERLANE_TRY(const auto given, on.journal().refunded(original.id, bounds));
    if (given.minor() + request.total.minor() > original.approved.minor()) {
        return refuse(acquiring_errc::amount_too_large);
    }
    return {};
}

} // namespace

result<payment> perform(lane_core& on, const refund_request& request, const call& bounds) {
    CIPHERLANE_CHECK(check_request(on, request.idempotency_key, request.total));
    CIPHERLANE_TRY(const auto original, find_original(on, request.handle, "refund", bounds));
    const bool qr = original.kind == ports::trade::qr_sale;
    if (!qr && original.kind != ports::trade::sale) {
        return flow_error(acquiring_errc::original_not_approved, "refund").for_trace(original.trace);
    }
    const auto kind = qr ? ports::trade::qr_refund : ports::trade::refund;
    CIPHERLANE_TRY(auto earlier, replay(on, request.idempotency_key, kind, request.total, original.id, bounds));
    if (earlier) return std::move(*earlier);
    ports::terminal_state terminal;
    if (!qr) {
        CIPHERLANE_TRY(terminal, ready_for_host(on, bounds));
    }
    CIPHERLANE_TRY(const auto now, find_original(on, request.handle, "refund", bounds));
    CIPHERLANE_CHECK(check_left(on, request, now, bounds));
    auto end = qr ? refund_order(on, request, now, bounds) : give_back(on, request, now, terminal.pin_key, bounds);
    if (end) close(on, *end);
    return end;
}

} // namespace cipherlane::acquiring
