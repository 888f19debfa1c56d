#include "flow/unsent.hpp"

#include "flow/verdict.hpp"

#include <cipherlane/iso8583/response_code.hpp>
#include <cipherlane/ledger/record_life.hpp>

#include <algorithm>
#include <string>

namespace cipherlane::acquiring {
namespace {

using ports::decider;
using ports::journal_record;
using ports::journal_verdict;
using ports::record_state;

result<void> end_as_not_sent(lane_core& on, std::uint64_t id) {
    return on.journal().decide(id, {record_state::not_sent, decider::till}, on.journal_call());
}

/// What a failed write of this lane has left. What another machine has begun under the key since may have been sent.
result<bool> is_left_over(lane_core& on, const std::optional<journal_record>& found) {
    if (!found || !(ledger::states::unfinished | ledger::states::repeats).contains(found->state)) return false;
    return on.journal().has_begun(found->id, on.journal_call());
}

/// What cannot be written holds nobody up: the approval stands, and whoever reads it hears that it is not decided.
void write_spoken_cards(lane_core& on) {
    std::erase_if(on.spoken_cards,
        [&](std::uint64_t record) { return on.journal().card_has_spoken(record, on.journal_call()).has_value(); });
}

/// Within which an answer to what another machine has sent must come, to whomever it was.
std::chrono::milliseconds longest_answer(lane_core& on) {
    auto longest = on.settings().gateway.response_time;
    if (const auto host = on.host()) longest = std::max(longest, (*host)->response_time());
    return longest;
}

} // namespace

result<journal_record> begin_record(
    lane_core& on, const journal_record& fresh, const ports::stored_card* card, const call& bounds) {
    // Else what is begun here under the key of one that is left over would be taken for that, and ended as not sent.
    CIPHERLANE_CHECK(settle_unsent(on));
    auto begun = on.journal().begin(fresh, card, bounds);
    // What the journal's rules refuse was not written.
    if (begun || begun.error().is(condition::misuse)) return begun;
    on.unsent_keys.insert(fresh.idempotency_key);
    (void)settle_unsent(on);
    return begun;
}

result<void> mark_sent(lane_core& on, journal_record& record) {
    if (!ledger::marks_send(record.kind)) return {};
    const journal_verdict mark(ledger::mark_of(record.kind), decider::till);
    return write_step(on, record, mark);
}

result<payment> write_not_sent(lane_core& on, const journal_record& record, const error& why) {
    const auto reason = error(why).for_trace(record.trace);
    if (on.guard() != nullptr) on.guard()->not_sent(record);
    on.left_at.erase(record.id);
    const auto written = end_as_not_sent(on, record.id);
    if (written) return reason;
    on.unsent_keys.insert(record.idempotency_key);
    // Without the mark a later run undoes or closes it for nothing, which moves no money.
    if (settle_unsent(on) || !ledger::marks_send(record.kind)) return reason;
    on.raise(alert_kind::journal_failed, record);
    auto value = to_payment(record);
    value.outcome = verdict::unknown;
    value.why = written.error();
    return value;
}

void card_has_spoken(lane_core& on, std::uint64_t record) {
    const auto written = on.journal().card_has_spoken(record, on.journal_call());
    if (written) return;
    on.log().warning("acquiring", "what the card said is not on file: " + written.error().to_string());
    on.spoken_cards.insert(record);
}

result<void> settle_unsent(lane_core& on) {
    write_spoken_cards(on);
    while (!on.unsent_keys.empty()) {
        const auto& key = *on.unsent_keys.begin();
        CIPHERLANE_TRY(const auto found, on.journal().find_key(on.terminal_id(), key, on.journal_call()));
        CIPHERLANE_TRY(const bool left, is_left_over(on, found));
        if (left) {
            CIPHERLANE_CHECK(end_as_not_sent(on, found->id));
        } else {
            // What a failed commit has written may come to light after a restart, unless another takes its place.
            CIPHERLANE_TRY(
                [[maybe_unused]] const auto trace, on.journal().take_trace(on.terminal_id(), on.journal_call()));
        }
        on.unsent_keys.erase(on.unsent_keys.begin());
    }
    return {};
}

result<void> take_over(lane_core& on, journal_record& record) {
    const auto state = ledger::state_if_found(record);
    if (state == record.state) return {};
    if (const auto wait = on.journal().unsettled_for(on.terminal_id(), longest_answer(on)); wait.count() > 0) {
        const auto seconds = std::to_string(std::chrono::ceil<std::chrono::seconds>(wait).count());
        return flow_error(acquiring_errc::busy, "earlier trade")
            .for_trace(record.trace)
            .with_hint("another machine has begun it and may be sending it: ask again in " + seconds + " s");
    }
    journal_verdict verdict(state, decider::restart);
    if (ledger::states::reverses.contains(state)) verdict.reversal_reason = iso8583::reversal_no_answer;
    return write_step(on, record, verdict);
}

} // namespace cipherlane::acquiring
