#include "flows.hpp"
#include "original.hpp"
#include "trade.hpp"

#include <cipherlane/acquiring/void_payment.hpp>

namespace cipherlane::acquiring {
namespace {

const iso8583::transaction_row& void_row() {
    return iso8583::row_of(iso8583::transaction::sale_void);
}

result<payment> undo(lane_core& on, const void_request& request, const ports::journal_record& original,
    std::uint32_t open_batch, const call& bounds) {
    if (original.state != ports::record_state::approved || original.batch != open_batch || original.settled) {
        return flow_error(acquiring_errc::original_not_approved, "void").for_trace(original.trace);
    }
    // Money that went back already, or may have, must not go back twice.
    CIPHERLANE_TRY(const auto given, on.journal().refunded(original.id, bounds));
    if (given.minor() != 0) return flow_error(acquiring_errc::amount_too_large, "void").for_trace(original.trace);
    CIPHERLANE_CHECK(check_room(on, ports::trade::void_sale, original.approved, bounds));
    CIPHERLANE_TRY(const auto card, on.journal().card(original.id, bounds));
    CIPHERLANE_CHECK(check_time(on, bounds));
    auto fresh = new_record(on, request.idempotency_key, ports::trade::void_sale, original.approved, void_row());
    refer_to(fresh, original);
    CIPHERLANE_TRY(const auto record, on.journal().begin(fresh, &card, bounds));
    auto message = new_request(on, void_row(), record.trace);
    fill_from_record(message, record, &card);
    name_original(message, original);
    const auto end = exchange(on, message, void_row(), "void", record.masked_pan, bounds);
    return conclude(on, record, end, partial_approval::refuse, bounds);
}

} // namespace

result<payment> perform(lane_core& on, const void_request& request, const call& bounds) {
    CIPHERLANE_TRY(const auto original, find_original(on, request.handle, "void", bounds));
    if (original.kind != ports::trade::sale) {
        return flow_error(acquiring_errc::original_not_approved, "void").for_trace(original.trace);
    }
    // A sale that was never approved has no amount to undo: a zero is refused below like any other.
    const auto total = original.approved;
    if (total.minor() == 0)
        return flow_error(acquiring_errc::original_not_approved, "void").for_trace(original.trace);
    CIPHERLANE_CHECK(check_request(on, request.idempotency_key, total));
    CIPHERLANE_TRY(
        auto earlier, replay(on, request.idempotency_key, ports::trade::void_sale, total, original.id, bounds));
    if (earlier) return std::move(*earlier);
    CIPHERLANE_TRY(const auto terminal, ready_for_host(on, bounds));
    // Doubts have been settled meanwhile: an earlier void of the same sale may have come to its end.
    CIPHERLANE_TRY(const auto now, find_original(on, request.handle, "void", bounds));
    auto end = undo(on, request, now, terminal.batch, bounds);
    if (end) close(on, *end);
    return end;
}

} // namespace cipherlane::acquiring
