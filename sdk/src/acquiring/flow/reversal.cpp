#include "flow/reversal.hpp"

#include "flow/verdict.hpp"
#include "host/exchange.hpp"
#include "host/request.hpp"
#include "host/sign_in.hpp"

#include <cipherlane/iso8583/response_code.hpp>
#include <cipherlane/ledger/record_life.hpp>
#include <cipherlane/ledger/trades.hpp>

namespace cipherlane::acquiring {
namespace {

using ledger::reversal_word;
using ports::journal_record;
using ports::journal_verdict;
using ports::record_state;

/// Neither decided nor waiting for anybody: written, and no more is known.
constexpr auto perhaps_sent = ledger::states::open.without(ledger::states::reverses | ledger::states::a_persons);

const iso8583::transaction_row& reversal_row() {
    return iso8583::row_of(iso8583::transaction::reversal);
}

/// All of it comes from the record, so that each repeat has the same bytes (under the same MAC key).
result<iso8583::message> reversal_request(lane_core& on, const journal_record& record) {
    request_source from(record);
    if (!record.card_sealed) return request(reversal_row(), from, on.settings());
    CIPHERLANE_TRY(const auto card, on.journal().card(record.id, on.journal_call()));
    from.card = &card;
    return request(reversal_row(), from, on.settings());
}

/// What an answered code makes of the record; nothing if it must be sent again.
std::optional<record_state> state_after(const lane_core& on, std::string_view code) {
    const auto word = ledger::word_on_reversal(code);
    if (word == reversal_word::undone) return record_state::reversed;
    const bool keeps = on.settings().reversal.unexpected == unexpected_reversal_code::keeps_pending;
    if (word == reversal_word::passing || keeps) return std::nullopt;
    return record_state::reversal_refused;
}

/// What to do after a send that did not end it.
enum class retry : std::uint8_t { now, later };

struct send_end {
    std::optional<error> why; ///< absent: the record has reached its end
    retry when = retry::later;
};

send_end send_once(lane_core& on, journal_record& record, const call& bounds) {
    auto message = reversal_request(on, record);
    if (!message) return {message.error(), retry::later};
    (void)on.journal().count_reversal_send(record.id, on.journal_call());
    const auto got = exchange(on, *message, reversal_row(), "reversal", record.masked_pan, bounds);
    if (got.what == exchange_end::kind::not_sent) {
        return {got.why, got.why.is(condition::link_lost) ? retry::now : retry::later};
    }
    if (got.what == exchange_end::kind::in_doubt) return {got.why, retry::now};
    const auto code = got.answer->code();
    const auto state = state_after(on, code);
    if (!state) {
        return {flow_error(acquiring_errc::reversal_pending, "reversal").with_peer_code(code), retry::now};
    }
    journal_verdict verdict(*state, ports::decider::host);
    verdict.host_code = code;
    return {write_verdict(on, record, verdict).why, retry::later};
}

} // namespace

std::optional<error> send_reversal(lane_core& on, journal_record& record, const call& bounds) {
    send_end end;
    for (std::uint32_t sends = 0; sends < on.settings().reversal.sends; ++sends) {
        // A repeat after A0 needs new keys; without them it would fail the same way.
        if (const auto signed_in = ensure_signed_in(on, bounds); !signed_in) {
            end.why = signed_in.error();
            break;
        }
        end = send_once(on, record, bounds);
        if (end.when == retry::later) break;
    }
    if (!end.why) return std::nullopt;
    return error(*end.why).for_trace(record.trace);
}

result<void> take_as_sent(lane_core& on, journal_record& record) {
    if (!perhaps_sent.contains(record.state)) return {};
    journal_verdict verdict(ledger::state_if_unknown(record.kind), ports::decider::restart);
    if (ledger::reversible(record.kind)) verdict.reversal_reason = iso8583::reversal_no_answer;
    CIPHERLANE_CHECK(on.journal().decide(record.id, verdict, on.journal_call()));
    ledger::apply(record, verdict);
    return {};
}

result<void> settle_doubts(lane_core& on, const call& bounds) {
    CIPHERLANE_TRY(auto open, on.journal().open_records(on.terminal_id(), on.journal_call()));
    for (auto& record : open) {
        CIPHERLANE_CHECK(take_as_sent(on, record));
        raise_about(on, record);
        if (!ledger::states::reverses.contains(record.state)) continue;
        const auto why = send_reversal(on, record, bounds);
        if (!why) continue;
        on.raise(alert_kind::reversal_no_answer, record);
        const bool nothing_sent = !why->is(condition::outcome_unknown) && !why->is(condition::bad_message);
        if (nothing_sent) return *why;
        return flow_error(acquiring_errc::reversal_pending, "earlier trade").for_trace(record.trace);
    }
    return {};
}

} // namespace cipherlane::acquiring
