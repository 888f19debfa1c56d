#include <cipherlane/iso8583/response_code.hpp>
#include <cipherlane/ledger/record_life.hpp>

#include <algorithm>

namespace cipherlane::ledger {
namespace {

using ports::decider;
using ports::journal_record;
using ports::record_state;
using ports::sent_before;

/// Who may speak of a trade at all.
bool has_a_say(decider by, const trade_row& row) noexcept {
    switch (by) {
    case decider::host: return row.through == channel::host;
    case decider::gateway: return row.through == channel::gateway;
    case decider::terminal: return row.through == channel::terminal;
    case decider::card: return row.needs.contains(need::card);
    case decider::till:
    case decider::person:
    case decider::restart:
    case decider::other_record: break;
    }
    return true;
}

/// On whose word its request is known to have left; nothing where there is no state for it.
std::optional<decider> marked_by(const trade_row& row) noexcept {
    if (order_trades.contains(row.kind)) return decider::gateway;
    if (row.sends == delivery::stored) return std::nullopt;
    return marks_send(row.kind) ? std::optional(decider::till) : std::nullopt;
}

/// Whether the mark of a send allows the step.
bool fits_mark(const trade_row& row, record_state now, record_state next, decider by) noexcept {
    if (next == record_state::sent) return marked_by(row) == by;
    if (now == record_state::stored || next == record_state::stored) return row.sends == delivery::stored;
    const bool marks = marks_send(row.kind);
    if (next == record_state::not_sent) return now == record_state::prepared ? by == decider::till || marks : marks;
    return now != record_state::prepared || !marks;
}

/// The caller has been told, or the host's books are closed over it.
bool heard(const journal_record& record) noexcept {
    return record.closed || record.settled;
}

} // namespace

outcome outcome_of(record_state state) noexcept {
    switch (state) {
    case record_state::approved: return outcome::approved;
    case record_state::voided: return outcome::voided;
    case record_state::returned: return outcome::returned;
    case record_state::not_sent: return outcome::not_sent;
    case record_state::declined: return outcome::declined;
    case record_state::reversed: return outcome::reversed;
    case record_state::stored: return outcome::stored;
    case record_state::prepared:
    case record_state::sent:
    case record_state::reversal_pending:
    case record_state::reversal_refused:
    case record_state::unknown: break;
    }
    return outcome::unknown;
}

bool may_follow(record_state now, record_state next, decider by) noexcept {
    return std::any_of(life_edges.begin(), life_edges.end(),
        [&](const life_edge& edge) { return edge.from == now && edge.to == next && edge.words.contains(by); });
}

bool may_follow(const journal_record& record, record_state next, decider by) noexcept {
    const auto* row = find_row(record.kind);
    if (row == nullptr || !has_a_say(by, *row) || !may_follow(record.state, next, by)) return false;
    if (!fits_mark(*row, record.state, next, by)) return false;
    const bool of_order = next == record_state::returned || record.state == record_state::declined;
    if (of_order && !order_trades.contains(row->kind)) return false;
    const bool gives_up = next == record_state::reversal_pending || next == record_state::unknown;
    if (gives_up && next != state_if_unknown(record.kind)) return false;
    const bool never_left = record.state == record_state::stored && next == record_state::not_sent;
    if (never_left && record.reversal_sends != 0) return false;
    const bool noted = record.state == record_state::approved && next == record_state::approved;
    if (noted && row->sends != delivery::online) return false; // nobody else's proof reached the card
    const bool undoes = record.state == record_state::approved && next == record_state::reversal_pending;
    return !(undoes && heard(record));
}

bool opens_again(record_state now, record_state next) noexcept {
    return states::decided.contains(now) && states::open.contains(next);
}

namespace {

/// Each field that a verdict may set, of the record and as the verdict has it.
template <class Record, class Visit>
void each_field(Record& record, const ports::journal_verdict& verdict, Visit visit) {
    visit(record.approved, verdict.approved);
    visit(record.host_code, verdict.host_code);
    visit(record.host_text, verdict.host_text);
    visit(record.reference, verdict.reference);
    visit(record.authorization, verdict.authorization);
    visit(record.host_date, verdict.host_date);
    visit(record.host_time, verdict.host_time);
    visit(record.acquirer, verdict.acquirer);
    visit(record.order_number, verdict.order_number);
    visit(record.phase, verdict.phase);
    visit(record.expires, verdict.expires);
    visit(record.renewals, verdict.renewals);
    visit(record.reversal_reason, verdict.reversal_reason);
    visit(record.note, verdict.note);
    visit(record.voucher, verdict.voucher);
    visit(record.masked_pan, verdict.masked_pan);
    visit(record.arpc_failed, verdict.arpc_failed);
    visit(record.device_unsure, verdict.device_unsure);
    visit(record.chip, verdict.chip);
    visit(record.earlier_sends, verdict.earlier_sends);
}

} // namespace

bool holds(const journal_record& record, const ports::journal_verdict& verdict) {
    bool same = record.state == verdict.state;
    each_field(record, verdict, [&](const auto& on_file, const auto& told) { same &= !told || *told == on_file; });
    return same;
}

bool must_write(const journal_record& record, const ports::journal_verdict& verdict) {
    if (verdict.state != record.state) return true;
    if (!may_follow(record, verdict.state, verdict.by)) return false;
    return states::unproven.contains(record.state) || !holds(record, verdict);
}

void apply(journal_record& record, const ports::journal_verdict& verdict) {
    if (opens_again(record.state, verdict.state)) record.closed = false;
    record.state = verdict.state;
    each_field(record, verdict, [](auto& to, const auto& told) {
        if (told) to = *told;
    });
}

bool may_begin(const journal_record& fresh) noexcept {
    return find_row(fresh.kind) != nullptr && !fresh.terminal_id.empty() && !fresh.idempotency_key.empty() &&
           fresh.state == record_state::prepared;
}

bool was_begun_for(
    const journal_record& record, ports::trade asked, std::uint64_t original, const amount& total) noexcept {
    const auto& row = row_of(record.kind);
    const bool by_original = row.role == trade_role::undoing || row.role == trade_role::returning;
    const bool same = by_original ? row.role == row_of(asked).role : at_terminal(record.kind) == at_terminal(asked);
    if (!same || record.original != (row.needs.contains(need::original) ? original : 0)) return false;
    return !row.needs.contains(need::amount) || record.requested == total;
}

std::optional<consequence> consequence_of(
    const journal_record& record, const ports::journal_verdict& verdict) noexcept {
    if (row_of(record.kind).role != trade_role::undoing || verdict.state != record_state::approved) {
        return std::nullopt;
    }
    return consequence{record.original, record_state::approved, record_state::voided};
}

record_state state_if_unknown(ports::trade kind) noexcept {
    if (stored_trades.contains(kind)) return record_state::stored;
    return reversible(kind) ? record_state::reversal_pending : record_state::unknown;
}

bool marks_send(ports::trade kind) noexcept {
    return !reversible(kind) && !order_trades.contains(kind);
}

record_state mark_of(ports::trade kind) noexcept {
    return stored_trades.contains(kind) ? record_state::stored : record_state::sent;
}

record_state state_if_found(const journal_record& record) noexcept {
    if (!states::unfinished.contains(record.state)) return record.state;
    const bool never_sent = record.state == record_state::prepared && marks_send(record.kind);
    return never_sent ? record_state::not_sent : state_if_unknown(record.kind);
}

std::optional<record_state> state_after(record_state now, finding found) noexcept {
    for (const auto& edge : life_edges) {
        if (edge.from != now || !edge.words.contains(decider::person)) continue;
        if (states::counts.contains(edge.to) == (found == finding::paid)) return edge.to;
    }
    return std::nullopt;
}

reversal_word word_on_reversal(std::string_view code) noexcept {
    switch (iso8583::response_of(code).of_reversal) {
    case iso8583::proof::done: return reversal_word::undone;
    case iso8583::proof::again: return reversal_word::passing;
    case iso8583::proof::nothing: return reversal_word::unproven;
    case iso8583::proof::not_done: break;
    }
    return reversal_word::refused;
}

std::optional<record_state> state_after(reversal_word word) noexcept {
    switch (word) {
    case reversal_word::undone: return record_state::reversed;
    case reversal_word::refused:
    case reversal_word::unproven: return record_state::reversal_refused;
    case reversal_word::passing: break;
    }
    return std::nullopt;
}

namespace {

/// A duplicate, and a duplicate of what was done offline: neither says that no money moved.
bool has_seen(std::string_view code) noexcept {
    return code == "94" || code == "79";
}

} // namespace

advice_word word_on_advice(std::string_view code, sent_before earlier, seen_before means) noexcept {
    const bool seen = has_seen(code);
    const bool is_taken = seen && earlier == sent_before::unanswered && means == seen_before::is_taken;
    const auto& row = iso8583::response_of(code);
    if (row.of_trade == iso8583::proof::done || is_taken) return advice_word::taken;
    // That a repeat is refused says nothing of a send that was not answered: the host may have taken that one, and
    // refuse the repeat for it.
    const bool passes = seen || in_doubt(earlier) || row.of_trade == iso8583::proof::nothing ||
                        row.of_reversal == iso8583::proof::again;
    return passes ? advice_word::passing : advice_word::refused;
}

sent_before once_sent(const journal_record& record) noexcept {
    if (record.earlier_sends == sent_before::doubted) return sent_before::doubted;
    // As journals have it that were written before a duplicate, or a host without an answer, cast doubt.
    if (record.earlier_sends == sent_before::answered && has_seen(record.host_code)) return sent_before::doubted;
    if (record.earlier_sends == sent_before::unanswered && leaves_open(record.host_code) && !record.host_code.empty())
        return sent_before::doubted;
    return sent_before::unanswered;
}

sent_before once_answered(sent_before earlier, std::string_view code, seen_before means) noexcept {
    // It would have ended the trade, had there been no doubt.
    const bool refuses = word_on_advice(code, sent_before::never) == advice_word::refused;
    // A front may have sent it twice, and the first of the two was taken: no refusal of a repeat says otherwise. What
    // the host had no answer to itself it may have booked, and may say afterwards that it has seen what it has not.
    const bool doubtful = leaves_open(code) || (has_seen(code) && means == seen_before::proves_nothing);
    if (in_doubt(earlier)) return refuses || doubtful ? sent_before::doubted : earlier;
    return has_seen(code) || doubtful ? sent_before::doubted : sent_before::answered;
}

bool in_doubt(sent_before earlier) noexcept {
    return earlier == sent_before::unanswered || earlier == sent_before::doubted;
}

bool is_stuck(sent_before now, std::string_view code) noexcept {
    const bool unheard_of = iso8583::response_of(code).code.empty();
    const bool refuses = word_on_advice(code, sent_before::never) == advice_word::refused;
    return (now == sent_before::doubted && refuses) || has_seen(code) || unheard_of;
}

bool leaves_open(std::string_view code) noexcept {
    return iso8583::response_of(code).of_trade == iso8583::proof::nothing;
}

bool asks_again(const journal_record& record) noexcept {
    return states::unproven.contains(record.state);
}

} // namespace cipherlane::ledger
