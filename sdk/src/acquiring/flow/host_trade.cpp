#include "flow/host_trade.hpp"

#include "flow/host_word.hpp"
#include "flow/ready.hpp"
#include "flow/reversal.hpp"
#include "flow/script_notice.hpp"
#include "flow/unsent.hpp"
#include "flow/verdict.hpp"

#include <cipherlane/iso8583/response_code.hpp>
#include <cipherlane/ledger/record_life.hpp>
#include <cipherlane/ledger/trades.hpp>
#include <cipherlane/ports/words.hpp>

namespace cipherlane::acquiring {
namespace {

using ports::journal_record;
using ports::journal_verdict;
using ports::record_state;
using ports::word;

/// A record that has just come to wait for its reversal is reversed now if the settings and the time allow.
payment reverse_now(lane_core& on, journal_record& record, payment value, const call& bounds) {
    if (on.settings().reversal.when != reversal_time::at_once) return value;
    if (!check_time(on, bounds)) return value;
    on.enter(stage::undoing);
    (void)send_reversal(on, record, bounds);
    if (to_payment(record).outcome != verdict::reversed) return value;
    value.outcome = verdict::reversed;
    if (value.why) value.unpaid = why_not_paid(*value.why);
    return value;
}

/// What left without an answer to believe: becomes a reversal, now if the settings and the time allow, else before
/// the next trade. What cannot be reversed stays unknown.
payment doubt(lane_core& on, journal_record& record, journal_verdict verdict, const error& why, const call& bounds) {
    verdict.state = ledger::state_if_unknown(record.kind);
    verdict.by = ports::decider::till;
    verdict.approved.reset();
    auto value = write_verdict(on, record, verdict, error(why).for_trace(record.trace));
    if (!ledger::states::reverses.contains(record.state)) return value;
    return reverse_now(on, record, std::move(value), bounds);
}

/// How it ended, in the card's words: only an answer that is believed and stands is the host's.
ports::chip_verdict verdict_for_card(const result<payment>& end, const exchange_end& answer, language in) {
    ports::chip_verdict made(ports::host_verdict::unreachable);
    const auto of_host = [&](ports::host_verdict what, std::string_view line1, std::string line2) {
        made.verdict = what;
        if (answer.answer) pass_on(made, *answer.answer, what);
        made.response_code = end->host_code;
        made.line1 = line1;
        made.line2 = std::move(line2);
    };
    made.line1 = word("pad.not_completed", in);
    if (!end) return made;
    switch (end->outcome) {
    case verdict::approved:
        of_host(ports::host_verdict::approved, word("pad.approved", in), end->approved.to_string());
        break;
    case verdict::declined: of_host(ports::host_verdict::declined, word("pad.declined", in), end->host_code); break;
    case verdict::reversed: made.line1 = word("pad.reversed", in); break;
    case verdict::unknown: made.line1 = word("pad.unknown", in); break;
    case verdict::not_sent:
    case verdict::stored: // not a trade that waits for the host's word
    case verdict::voided:
    case verdict::refunded: break;
    }
    return made;
}

/// The host has approved what the card has declined after all.
payment undo_for_card(lane_core& on, journal_record& record, const call& bounds) {
    journal_verdict verdict(record_state::reversal_pending, ports::decider::card);
    verdict.reversal_reason = iso8583::reversal_other;
    const auto why = flow_error(acquiring_errc::declined_by_card, to_string(stage::finishing));
    auto value = write_verdict(on, record, verdict, error(why).for_trace(record.trace));
    if (ledger::states::reverses.contains(record.state)) value = reverse_now(on, record, std::move(value), bounds);
    const auto in = on.settings().wording.pinpad;
    finish_pinpad(on, word("pad.declined", in), word("pad.by_card", in)); // the pad may say that it was approved
    return value;
}

/// The card took the approval though it did not believe that it was the issuer's: the host hears of it with the
/// batch. The approval stands whether or not that gets on file.
void note_failed_arpc(lane_core& on, journal_record& record, byte_view emv) {
    journal_verdict verdict(record_state::approved, ports::decider::card);
    verdict.arpc_failed = true;
    verdict.chip = told_emv_at_end(on, emv, record.chip);
    const auto written = write_step(on, record, verdict);
    if (written) return;
    on.log().warning("acquiring", "failed ARPC: " + written.error().to_string());
    on.raise(alert_kind::journal_failed, record);
}

} // namespace

result<payment> conclude(
    lane_core& on, journal_record& record, const exchange_end& end, partial_approval partial, const call& bounds) {
    if (end.what == exchange_end::kind::not_sent) return write_not_sent(on, record, end.why);
    if (end.what == exchange_end::kind::in_doubt) {
        journal_verdict verdict(record_state::unknown, ports::decider::till);
        verdict.reversal_reason = end.reversal_reason;
        return doubt(on, record, std::move(verdict), end.why, bounds);
    }
    auto verdict = word_of_host(on, *end.answer);
    if (ledger::leaves_open(*verdict.host_code)) {
        if (ledger::reversible(record.kind)) verdict.reversal_reason = iso8583::reversal_no_answer;
        const auto why = flow_error(acquiring_errc::not_decided, "answer").with_peer_code(*verdict.host_code);
        return doubt(on, record, std::move(verdict), why, bounds);
    }
    const auto action = iso8583::response_of(*verdict.host_code).action;
    if (!iso8583::approved(action)) {
        verdict.state = record_state::declined;
        return write_verdict(on, record, verdict);
    }
    verdict.approved = record.requested;
    if (action == iso8583::response_action::approve_partial) {
        const auto given = approved_part(record, *end.answer);
        if (partial == partial_approval::refuse || !given) {
            verdict.reversal_reason = iso8583::reversal_other;
            const auto why = flow_error(acquiring_errc::partial_refused, "answer");
            return doubt(on, record, std::move(verdict), why, bounds);
        }
        verdict.approved = *given;
    }
    return write_verdict(on, record, verdict);
}

result<payment> finish_with_card(lane_core& on, std::optional<journal_record>& record, result<payment> end,
    const exchange_end& answer, ports::entry_mode how, const call& bounds) {
    const auto in = on.settings().wording.pinpad;
    on.enter(stage::finishing);
    const auto said = finish_card(on, how, verdict_for_card(end, answer, in));
    // What the card has decided is durable, and undone at the host, before anything else is told.
    using decision = ports::chip_report::decision;
    if (said.outcome == decision::declined_by_card && end && end->ok()) {
        end = undo_for_card(on, *record, bounds);
    } else if (said.outcome == decision::approved && end && end->ok() && arpc_failed(said.emv)) {
        note_failed_arpc(on, *record, said.emv);
    }
    if (record && !said.script_results.empty()) store_script_notice(on, *record, said.emv, said.script_results);
    return end;
}

} // namespace cipherlane::acquiring
