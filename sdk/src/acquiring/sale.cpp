#include "card_entry.hpp"
#include "flows.hpp"
#include "trade.hpp"

#include <cipherlane/acquiring/sale.hpp>

namespace cipherlane::acquiring {
namespace {

const iso8583::transaction_row& sale_row() {
    return iso8583::row_of(iso8583::transaction::sale);
}

/// Journal first, host second: from `begin` on a crash leaves a record that says how to undo this. What the host
/// answered stays in `answer`, for the card.
result<payment> sell(
    lane_core& on, const sale_request& request, const card_entry& entry, exchange_end& answer, const call& bounds) {
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
        answer.why = filled.error();
    } else {
        answer = exchange(on, message, sale_row(), "sale", record.masked_pan, bounds);
    }
    return conclude(on, record, answer, request.partial, bounds);
}

/// How it ended, in the card's words: only an answer that is believed and stands is the host's.
ports::chip_verdict verdict_for_card(const result<payment>& end, const exchange_end& answer) {
    const auto of_host = [&](ports::host_verdict what, std::string_view line1, std::string line2) {
        ports::chip_verdict made(what);
        made.response_code = end->host_code;
        const auto data = answer.answer ? answer.answer->value(55) : std::string();
        made.issuer_data.assign(data.begin(), data.end());
        made.line1 = line1;
        made.line2 = std::move(line2);
        return made;
    };
    ports::chip_verdict none(ports::host_verdict::unreachable);
    none.line1 = "NOT COMPLETED";
    if (!end) return none;
    switch (end->outcome) {
    case verdict::approved: return of_host(ports::host_verdict::approved, "APPROVED", end->approved.to_string());
    case verdict::declined: return of_host(ports::host_verdict::declined, "DECLINED", end->host_code);
    case verdict::reversed: none.line1 = "CANCELLED"; break;
    case verdict::unknown: none.line1 = "ASK THE CASHIER"; break;
    case verdict::not_sent: break;
    }
    return none;
}

} // namespace

result<payment> perform(lane_core& on, const sale_request& request, const call& bounds) {
    CIPHERLANE_CHECK(check_request(on, request.idempotency_key, request.total));
    CIPHERLANE_TRY(auto earlier, replay(on, request.idempotency_key, ports::trade::sale, request.total, 0, bounds));
    if (earlier) return std::move(*earlier);
    CIPHERLANE_TRY([[maybe_unused]] auto* const pinpad, on.pinpad());
    CIPHERLANE_TRY(const auto terminal, ready_for_host(on, bounds));
    CIPHERLANE_CHECK(check_room(on, ports::trade::sale, request.total, bounds));
    CIPHERLANE_TRY(const auto entry, take_card(on, request.total, terminal.pin_key, bounds));
    exchange_end answer;
    auto end = sell(on, request, entry, answer, bounds);
    const auto word = finish_card(on, entry.card.mode, verdict_for_card(end, answer));
    if (end && end->ok() && word == ports::chip_report::decision::declined_by_card) {
        end = reverse_approved(on, *end, bounds);
        finish_pinpad(on, "DECLINED", "BY THE CARD"); // the pad may say APPROVED
    }
    if (end) close(on, *end);
    return end;
}

} // namespace cipherlane::acquiring
