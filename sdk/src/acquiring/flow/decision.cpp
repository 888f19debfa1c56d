#include "flow/decision.hpp"

#include "flow/guard.hpp"
#include "flow/original.hpp"
#include "flow/unsent.hpp"
#include "flow/unwanted.hpp"
#include "flow/verdict.hpp"

#include <cipherlane/ledger/moved.hpp>
#include <cipherlane/ledger/order_life.hpp>
#include <cipherlane/ledger/record_life.hpp>
#include <cipherlane/ledger/trades.hpp>

#include <algorithm>

namespace cipherlane::acquiring {
namespace {

using ports::journal_record;

constexpr std::size_t longest_note = 200;

result<void> check_note(std::string_view note) {
    const bool plain = std::none_of(
        note.begin(), note.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
    if (!note.empty() && note.size() <= longest_note && plain) return {};
    return flow_error(acquiring_errc::bad_request, "decision").in_field("note");
}

/// The gateway ends a code by itself once its time is over, by its own word where it has given one; until then a
/// payer may be faster than any person. Without its word the order may have been made as late as it could have
/// answered. How long that is stands on file; how much of it is gone is counted by a clock that nobody sets.
bool still_payable(lane_core& on, const journal_record& record) {
    const auto& times = on.settings().gateway;
    // A code that followed another was asked for before that one's end.
    const auto asked = record.renewals == 0 ? record.created : std::max(record.created, record.expires);
    // What a payer's code was charged with may still be on its way, and then wait for the payer's password.
    const bool charged = ledger::charge_trades.contains(record.kind);
    const auto way = charged ? std::chrono::milliseconds(times.longest_way + on.settings().qr.password)
                             : std::chrono::milliseconds(0);
    const auto longest = std::max<std::chrono::milliseconds>(times.code_valid + times.response_time, way);
    const auto end = std::max(record.expires, asked + longest);
    const auto life = std::chrono::ceil<std::chrono::milliseconds>(end - record.created);
    // Where till and gateway do not agree what year it is, no code is good for longer than a day all the same.
    return ledger::may_be_paid(record) &&
           on.left_for(record) < std::min<std::chrono::milliseconds>(life, std::chrono::days(1));
}

void note_decision(lane_core& on, const journal_record& record, const std::string& note) {
    timeline_entry entry;
    entry.from = party::till;
    entry.to = party::journal;
    entry.what = "decided by a person";
    entry.result = std::string(to_string(record.state)) + ": " + note;
    entry.total = record.requested;
    entry.trace = record.trace;
    on.note(std::move(entry));
}

} // namespace

result<payment> perform(lane_core& on, const decision_request& request, const call& bounds) {
    CIPHERLANE_CHECK(check_note(request.note));
    CIPHERLANE_TRY(auto record, find_original(on, request.handle, "decision", bounds));
    CIPHERLANE_CHECK(may_begin(
        on, {ports::deed::decide, record.idempotency_key, record.kind, record.requested, record.original}, bounds));
    CIPHERLANE_CHECK(take_over(on, record));
    const auto refuse = [&](acquiring_errc why) { return flow_error(why, "decision").for_trace(record.trace); };
    const auto state = ledger::state_after(record.state, request.found);
    if (!state) return refuse(acquiring_errc::nothing_to_decide);
    CIPHERLANE_TRY(const bool goes_back, is_given_back(on, record));
    if (goes_back) return refuse(acquiring_errc::nothing_to_decide);
    if (request.found == finding::not_paid && still_payable(on, record)) {
        return refuse(acquiring_errc::code_still_valid);
    }
    const auto moved = ledger::moved_by(record, request.found, request.moved);
    if (!moved) return refuse(acquiring_errc::bad_request).in_field("moved");
    CIPHERLANE_CHECK(check_not_frozen(on, record, "decision"));
    ports::journal_verdict verdict(*state, ports::decider::person);
    verdict.note = request.note;
    verdict.approved = *moved;
    auto value = write_verdict(on, record, verdict);
    if (value.why) return *value.why;
    note_decision(on, record, request.note);
    value.told = told::recorded;
    return value;
}

} // namespace cipherlane::acquiring
