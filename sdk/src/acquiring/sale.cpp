#include "card_entry.hpp"
#include "flows.hpp"
#include "trade.hpp"

#include <cipherlane/acquiring/sale.hpp>

namespace cipherlane::acquiring {
namespace {

const iso8583::transaction_row& sale_row() {
    return iso8583::row_of(iso8583::transaction::sale);
}

/// Journal first, host second: from `begin` on a crash leaves a record that says how to undo this.
result<payment> sell(lane_core& on, const sale_request& request, const card_entry& entry, const call& bounds) {
    CIPHERLANE_CHECK(check_time(on, bounds));
    auto fresh = new_record(on, request.idempotency_key, ports::trade::sale, request.total, sale_row());
    fresh.entry = entry_field(entry);
    fresh.sequence_number = entry.card.sequence_number.value_or("");
    fresh.masked_pan = entry.card.account.masked();
    fresh.emv = reversal_emv(on, entry.card.emv);
    const ports::stored_card card(entry.card.account.clone(), entry.card.expiry);
    CIPHERLANE_TRY(const auto record, on.journal().begin(fresh, &card, bounds));
    auto message = new_request(on, sale_row(), record.trace);
    fill_from_record(message, record, &card);
    if (const auto filled = fill_from_card(message, on, entry); !filled) {
        exchange_end end;
        end.why = filled.error();
        return conclude(on, record, end, request.partial, bounds);
    }
    const auto end = exchange(on, message, sale_row(), "sale", record.masked_pan, bounds);
    return conclude(on, record, end, request.partial, bounds);
}

void show_end(lane_core& on, const result<payment>& end) {
    if (!end) return finish_pinpad(on, "NOT COMPLETED", "");
    switch (end->outcome) {
    case verdict::approved: return finish_pinpad(on, "APPROVED", end->approved.to_string());
    case verdict::declined: return finish_pinpad(on, "DECLINED", end->host_code);
    case verdict::reversed: return finish_pinpad(on, "CANCELLED", "");
    case verdict::unknown: return finish_pinpad(on, "ASK THE CASHIER", "");
    case verdict::not_sent: return finish_pinpad(on, "NOT COMPLETED", "");
    }
}

} // namespace

result<payment> perform(lane_core& on, const sale_request& request, const call& bounds) {
    CIPHERLANE_CHECK(check_request(on, request.idempotency_key, request.total));
    CIPHERLANE_TRY(auto earlier, replay(on, request.idempotency_key, ports::trade::sale, request.total, 0, bounds));
    if (earlier) return std::move(*earlier);
    CIPHERLANE_TRY([[maybe_unused]] auto* const pinpad, on.pinpad());
    CIPHERLANE_TRY(const auto terminal, ready_for_host(on, bounds));
    CIPHERLANE_TRY(const auto entry, take_card(on, request.total, terminal.pin_key, bounds));
    auto end = sell(on, request, entry, bounds);
    show_end(on, end);
    if (end) close(on, *end);
    return end;
}

} // namespace cipherlane::acquiring
