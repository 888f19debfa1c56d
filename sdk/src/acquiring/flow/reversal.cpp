#include "flow/reversal.hpp"

#include "flow/advice.hpp"
#include "flow/request_on_file.hpp"
#include "flow/unsent.hpp"
#include "flow/verdict.hpp"
#include "host/exchange.hpp"
#include "host/request.hpp"
#include "host/sign_in.hpp"

#include <cipherlane/iso8583/response_code.hpp>
#include <cipherlane/ledger/record_life.hpp>
#include <cipherlane/ledger/trades.hpp>

#include <algorithm>
#include <string>

namespace cipherlane::acquiring {
namespace {

using ledger::reversal_word;
using ports::journal_record;
using ports::journal_verdict;
using ports::record_state;

const iso8583::transaction_row& reversal_row() {
    return iso8583::row_of(iso8583::transaction::reversal);
}

/// What an answered code makes of the record; nothing if it must be sent again.
std::optional<record_state> state_after(const lane_core& on, std::string_view code) {
    const auto word = ledger::word_on_reversal(code);
    const bool keeps = on.settings().reversal.unexpected == unexpected_reversal_code::keeps_pending;
    if (word == reversal_word::refused && keeps) return std::nullopt;
    return ledger::state_after(word);
}

/// What to do after a send that did not end it.
enum class retry : std::uint8_t { now, later };

struct send_end {
    std::optional<error> why; ///< absent: the record has reached its end
    retry when = retry::later;
};

send_end send_once(lane_core& on, journal_record& record, const call& bounds) {
    auto message = request_on_file(on, reversal_row(), request_source(record));
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
    auto why = write_verdict(on, record, verdict).why;
    if (!why && ledger::states::unproven.contains(record.state)) {
        why = flow_error(acquiring_errc::not_decided, "reversal").with_peer_code(code);
    }
    return {std::move(why), retry::later};
}

/// Until nothing of a trade whose reversal proved nothing can be under way any more; nothing where that is not the
/// question, or was asked since.
std::optional<std::chrono::milliseconds> until_rest(lane_core& on, const journal_record& record) {
    if (!ledger::asks_again(record) || on.asked_at_rest.contains(record.id)) return std::nullopt;
    const auto left = on.settings().reversal.longest_processing - on.left_for(record);
    return std::max(left, std::chrono::milliseconds(0));
}

bool is_due(lane_core& on, const journal_record& record) {
    const auto left = until_rest(on, record);
    return left && left->count() == 0;
}

/// Sends the reversal of one record where that is due. @return what must be undone first, and is not.
result<void> settle_doubt(lane_core& on, journal_record& record, const call& bounds) {
    CIPHERLANE_CHECK(take_over(on, record));
    raise_about(on, record);
    if (is_foreign(on, record)) return {};
    if (is_due(on, record)) {
        on.asked_at_rest.insert(record.id);
        (void)send_once(on, record, bounds);
    }
    if (!ledger::states::reverses.contains(record.state)) return {};
    const auto why = send_reversal(on, record, bounds);
    if (!ledger::states::reverses.contains(record.state)) return {};
    on.raise(alert_kind::reversal_no_answer, record);
    const bool nothing_sent = why && !why->is(condition::outcome_unknown) && !why->is(condition::bad_message);
    if (nothing_sent) return *why;
    return flow_error(acquiring_errc::reversal_pending, "earlier trade").for_trace(record.trace);
}

} // namespace

std::optional<error> send_reversal(lane_core& on, journal_record& record, const call& bounds) {
    send_end end;
    if (is_foreign(on, record)) end.why = flow_error(acquiring_errc::other_counterpart, "reversal");
    for (std::uint32_t sends = 0; sends < on.settings().reversal.sends && !is_foreign(on, record); ++sends) {
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

result<void> settle_doubts(lane_core& on, const call& bounds) {
    CIPHERLANE_CHECK(undo_doubts(on, bounds));
    CIPHERLANE_TRY(const auto open, on.journal().open_records(on.terminal_id(), on.journal_call()));
    relieve_store(on, open, bounds);
    return {};
}

result<void> check_at_rest(lane_core& on, std::uint32_t batch, const call& bounds) {
    CIPHERLANE_TRY(const auto open, on.journal().open_records(on.terminal_id(), bounds));
    for (const auto& record : open) {
        if (record.batch != batch || is_foreign(on, record)) continue;
        const auto left = until_rest(on, record);
        if (!left) continue;
        const auto seconds = std::to_string(std::chrono::ceil<std::chrono::seconds>(*left).count());
        return flow_error(acquiring_errc::reversal_pending, "earlier trade")
            .for_trace(record.trace)
            .with_hint("it may still come in at the host, and be in its totals: settle in " + seconds + " s");
    }
    return {};
}

result<void> undo_doubts(lane_core& on, const call& bounds) {
    CIPHERLANE_TRY(auto open, on.journal().open_records(on.terminal_id(), on.journal_call()));
    for (auto& record : open)
        CIPHERLANE_CHECK(settle_doubt(on, record, bounds));
    return {};
}

} // namespace cipherlane::acquiring
