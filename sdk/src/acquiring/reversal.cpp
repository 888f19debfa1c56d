#include "reversal.hpp"

#include "flows.hpp"
#include "host_exchange.hpp"

#include <cipherlane/iso8583/response_code.hpp>
#include <cipherlane/ledger/record_life.hpp>

#include <algorithm>
#include <array>

namespace cipherlane::acquiring {
namespace {

using ports::journal_record;
using ports::journal_verdict;
using ports::record_state;

void set_if(iso8583::message& request, int field, std::string_view value) {
    if (!value.empty()) request.set(field, value);
}

/// All of it comes from the record, so that each repeat has the same bytes (under the same MAC key).
result<iso8583::message> reversal_request(lane_core& on, const journal_record& record) {
    auto request = new_request(on, iso8583::row_of(iso8583::transaction::reversal), record.trace);
    if (record.card_sealed) {
        CIPHERLANE_TRY(const auto card, on.journal().card(record.id, on.journal_call()));
        request.set(2, card.account.expose());
        set_if(request, 14, card.expiry);
    }
    request.set(3, record.processing_code);
    request.set(4, record.requested.to_n12());
    set_if(request, 22, record.entry);
    set_if(request, 23, record.sequence_number);
    set_if(request, 25, record.condition_code);
    set_if(request, 38, record.authorization);
    request.set(39, record.reversal_reason);
    request.set(49, "156");
    if (!record.emv.empty()) request.set(55, byte_view(record.emv));
    request.set(60, record.transaction_code + six_digits(record.batch) + record.field60_rest);
    set_if(request, 61, record.field61);
    return request;
}

/// Codes that speak of the moment, not of the reversal: the switch or the issuer is not there, or timed out.
bool is_passing(std::string_view code) noexcept {
    constexpr std::array passing{"68", "90", "91", "92", "96", "98"};
    return std::find(passing.begin(), passing.end(), code) != passing.end();
}

/// What an answered code makes of the record; nothing if it must be sent again.
std::optional<record_state> state_after(lane_core& on, std::string_view code) {
    if (iso8583::ends_reversal(code)) return record_state::reversed;
    // The host could not check our MAC, so it has undone nothing.
    if (iso8583::response_of(code).action == iso8583::response_action::sign_in_again) return std::nullopt;
    if (is_passing(code)) return std::nullopt;
    if (on.settings().reversal.unexpected == unexpected_reversal_code::keeps_pending) return std::nullopt;
    return record_state::reversal_refused;
}

result<void> decide_reversal(lane_core& on, const journal_record& record, record_state state, std::string code) {
    journal_verdict verdict(state, ports::decider::host);
    verdict.host_code = std::move(code);
    return on.journal().decide(record.id, verdict, on.journal_call());
}

/// What to do after a send that did not end it.
enum class retry : std::uint8_t { now, later };

/// One send. `end.why` without a value: the record has reached its end.
retry send_once(lane_core& on, const journal_record& record, const call& bounds, reversal_end& end) {
    const auto pending = [&](const error& why, retry when) {
        end = {record_state::reversal_pending, why};
        return when;
    };
    auto request = reversal_request(on, record);
    if (!request) return pending(request.error(), retry::later);
    (void)on.journal().count_reversal_send(record.id, on.journal_call());
    const auto& row = iso8583::row_of(iso8583::transaction::reversal);
    const auto got = exchange(on, *request, row, "reversal", record.masked_pan, bounds);
    if (got.what == exchange_end::kind::not_sent) {
        return pending(got.why, got.why.is(condition::link_lost) ? retry::now : retry::later);
    }
    if (got.what == exchange_end::kind::in_doubt) return pending(got.why, retry::now);
    const auto code = got.answer->code();
    const auto state = state_after(on, code);
    if (!state) {
        return pending(flow_error(acquiring_errc::reversal_pending, "reversal").with_peer_code(code), retry::now);
    }
    if (const auto written = decide_reversal(on, record, *state, code); !written) {
        return pending(written.error(), retry::later);
    }
    end = {*state, std::nullopt};
    return retry::later;
}

result<void> sign_in_if_due(lane_core& on, const call& bounds) {
    CIPHERLANE_TRY(const auto terminal, on.journal().terminal(on.terminal_id(), on.journal_call()));
    if (!terminal.sign_in_due) return {};
    CIPHERLANE_TRY([[maybe_unused]] const auto report, perform(on, sign_in_request{}, bounds));
    return {};
}

/// Alerts about what a person must know, whether or not anything can be done now.
void raise_about(lane_core& on, const journal_record& record) {
    switch (record.state) {
    case record_state::reversal_pending:
        if (record.created_date < on.today()) on.raise(alert_kind::aged_reversal, record);
        break;
    case record_state::reversal_refused: on.raise(alert_kind::reversal_refused, record); break;
    case record_state::unknown:
        on.raise(
            record.kind == ports::trade::refund ? alert_kind::refund_unknown : alert_kind::order_unknown, record);
        break;
    default: break;
    }
}

} // namespace

reversal_end send_reversal(lane_core& on, const journal_record& record, const call& bounds) {
    reversal_end end;
    for (std::uint32_t sends = 0; sends < on.settings().reversal.sends; ++sends) {
        // A repeat after A0 needs new keys; without them it would fail the same way.
        if (const auto signed_in = sign_in_if_due(on, bounds); !signed_in) {
            end.why = signed_in.error();
            break;
        }
        if (send_once(on, record, bounds, end) == retry::later) break;
    }
    if (end.why) end.why = error(*end.why).for_trace(record.trace);
    if (end.state == record_state::reversal_refused) on.raise(alert_kind::reversal_refused, record);
    return end;
}

result<void> take_as_sent(lane_core& on, journal_record& record) {
    if (record.state != record_state::prepared) return {};
    journal_verdict verdict(ledger::state_if_unknown(record.kind), ports::decider::restart);
    if (ledger::reversible(record.kind)) verdict.reversal_reason = iso8583::reversal_no_answer;
    CIPHERLANE_CHECK(on.journal().decide(record.id, verdict, on.journal_call()));
    record.state = verdict.state;
    if (verdict.reversal_reason) record.reversal_reason = *verdict.reversal_reason;
    return {};
}

result<void> settle_doubts(lane_core& on, const call& bounds) {
    CIPHERLANE_TRY(auto open, on.journal().open_records(on.terminal_id(), on.journal_call()));
    for (auto& record : open) {
        CIPHERLANE_CHECK(take_as_sent(on, record));
        raise_about(on, record);
        if (record.state != record_state::reversal_pending) continue;
        const auto end = send_reversal(on, record, bounds);
        if (end.state != record_state::reversal_pending) continue;
        on.raise(alert_kind::reversal_no_answer, record);
        const bool nothing_sent =
            end.why && !end.why->is(condition::outcome_unknown) && !end.why->is(condition::bad_message);
        if (nothing_sent) return *end.why;
        return flow_error(acquiring_errc::reversal_pending, "earlier trade").for_trace(record.trace);
    }
    return {};
}

} // namespace cipherlane::acquiring
