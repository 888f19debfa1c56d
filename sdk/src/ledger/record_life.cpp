#include <cipherlane/iso8583/response_code.hpp>
#include <cipherlane/ledger/order_life.hpp>
#include <cipherlane/ledger/record_life.hpp>

#include <algorithm>

namespace cipherlane::ledger {
namespace {

using ports::decider;
using ports::journal_record;
using ports::record_state;

/// Who may speak of a trade at all.
bool has_a_say(decider by, const trade_row& row) noexcept {
    switch (by) {
    case decider::host: return row.through == channel::host;
    case decider::gateway: return row.through == channel::gateway;
    case decider::card: return row.needs.contains(need::card);
    case decider::till:
    case decider::person:
    case decider::restart:
    case decider::other_record: break;
    }
    return true;
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
    case record_state::not_sent: return outcome::not_sent;
    case record_state::declined: return outcome::declined;
    case record_state::reversed: return outcome::reversed;
    case record_state::prepared:
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
    const bool gives_up = next == record_state::reversal_pending || next == record_state::unknown;
    if (gives_up && next != state_if_unknown(record.kind)) return false;
    const bool undoes = record.state == record_state::approved && next == record_state::reversal_pending;
    return !(undoes && heard(record));
}

bool may_decide(const journal_record& record, const ports::journal_verdict& verdict) noexcept {
    if (verdict.by == decider::other_record || !may_follow(record, verdict.state, verdict.by)) return false;
    return !verdict.phase || may_follow(record.phase, *verdict.phase);
}

void apply(journal_record& record, const ports::journal_verdict& verdict) {
    const auto take = [](auto& to, const auto& from) {
        if (from) to = *from;
    };
    record.state = verdict.state;
    take(record.approved, verdict.approved);
    take(record.host_code, verdict.host_code);
    take(record.host_text, verdict.host_text);
    take(record.reference, verdict.reference);
    take(record.authorization, verdict.authorization);
    take(record.host_date, verdict.host_date);
    take(record.host_time, verdict.host_time);
    take(record.acquirer, verdict.acquirer);
    take(record.order_number, verdict.order_number);
    take(record.phase, verdict.phase);
    take(record.reversal_reason, verdict.reversal_reason);
    take(record.note, verdict.note);
}

bool may_begin(const journal_record& fresh) noexcept {
    return find_row(fresh.kind) != nullptr && !fresh.terminal_id.empty() && !fresh.idempotency_key.empty() &&
           fresh.state == record_state::prepared;
}

std::optional<consequence> consequence_of(
    const journal_record& record, const ports::journal_verdict& verdict) noexcept {
    if (row_of(record.kind).role != trade_role::undoing || verdict.state != record_state::approved) {
        return std::nullopt;
    }
    return consequence{record.original, record_state::approved, record_state::voided};
}

record_state state_if_unknown(ports::trade kind) noexcept {
    return reversible(kind) ? record_state::reversal_pending : record_state::unknown;
}

std::optional<record_state> state_after(record_state now, finding found) noexcept {
    for (const auto& edge : life_edges) {
        if (edge.from != now || !edge.words.contains(decider::person)) continue;
        if (states::counts.contains(edge.to) == (found == finding::paid)) return edge.to;
    }
    return std::nullopt;
}

reversal_word word_on_reversal(std::string_view code) noexcept {
    if (iso8583::ends_reversal(code)) return reversal_word::undone;
    // The host could not check our MAC, so it has undone nothing.
    if (iso8583::response_of(code).action == iso8583::response_action::sign_in_again) return reversal_word::passing;
    // The switch or the issuer is not there, or timed out.
    constexpr std::array passing{"68", "90", "91", "92", "96", "98"};
    const bool passes = std::find(passing.begin(), passing.end(), code) != passing.end();
    return passes ? reversal_word::passing : reversal_word::refused;
}

bool leaves_open(ports::trade kind, std::string_view code) noexcept {
    return !reversible(kind) && (code == "68" || code == "98");
}

} // namespace cipherlane::ledger
