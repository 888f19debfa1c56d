#pragma once

#include <cipherlane/ledger/enum_set.hpp>
#include <cipherlane/ledger/finding.hpp>
#include <cipherlane/ledger/seen_before.hpp>
#include <cipherlane/ledger/trades.hpp>
#include <cipherlane/ports/journal_record.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace cipherlane::ledger {

using state_set = enum_set<ports::record_state>;
using decider_set = enum_set<ports::decider>;

/// One step in the life of a record, and on whose word it is taken.
struct life_edge {
    ports::record_state from;
    ports::record_state to;
    decider_set words;
};

/// All steps that there are. What a trade's kind and channel allow besides is said by `may_follow`. That a silent
/// trade is reversed (冲正), from a record made before it left, and before the next online trade, is Q/CUP 009.1
/// part 1 (no clause numbers are known); what proves that it was undone is read more narrowly here than by terminals
/// in the field, to which any answer ends a reversal.
inline constexpr auto life_edges = [] {
    using enum ports::record_state;
    using by = ports::decider;
    constexpr auto of = [](auto... who) { return decider_set::of(who...); };
    return std::to_array<life_edge>({
        {prepared, not_sent, of(by::till, by::restart)},
        {prepared, sent, of(by::till, by::gateway)},
        {prepared, approved, of(by::host, by::gateway)},
        {prepared, declined, of(by::host, by::gateway)},
        {prepared, reversal_pending, of(by::till, by::restart)},
        {prepared, unknown, of(by::till, by::gateway, by::restart)},
        {prepared, returned, of(by::gateway)},
        {sent, sent, of(by::gateway)}, // an order's next code
        {sent, not_sent, of(by::till)},
        {sent, approved, of(by::host, by::gateway, by::terminal)},
        {sent, declined, of(by::host, by::gateway, by::terminal)},
        {sent, unknown, of(by::till, by::gateway, by::terminal, by::restart)},
        {sent, returned, of(by::gateway)},
        {approved, reversal_pending, of(by::card)},
        {approved, approved, of(by::card)}, // though it does not believe that it was the issuer
        {approved, voided, of(by::other_record)},
        {reversal_pending, approved, of(by::person)},
        {reversal_pending, reversed, of(by::host, by::person)},
        {reversal_pending, reversal_refused, of(by::host)},
        {reversal_refused, reversal_refused, of(by::host)},
        {reversal_refused, approved, of(by::person)},
        {reversal_refused, reversed, of(by::host, by::person)},
        {unknown, approved, of(by::gateway, by::terminal, by::person)},
        {unknown, declined, of(by::gateway, by::terminal, by::person)},
        {unknown, returned, of(by::gateway)},
        {unknown, unknown, of(by::gateway, by::terminal)}, // something is told that does not decide
        {declined, unknown, of(by::gateway)},
        {prepared, stored, of(by::till)},
        {stored, not_sent, of(by::till)},
        {stored, stored, of(by::host, by::till)},
        {stored, approved, of(by::host, by::person)},
        {stored, declined, of(by::host, by::person)},
    });
}();

/// Sets of states. Whether something is in one of them is asked here and nowhere decided again.
namespace states {
using enum ports::record_state;

inline constexpr state_set all = state_set::of(prepared, not_sent, approved, declined, reversal_pending, reversed,
    reversal_refused, unknown, voided, sent, returned, stored);
/// Somebody must still act: a reversal, a query, a person.
inline constexpr state_set open = state_set::of(prepared, sent, reversal_pending, reversal_refused, unknown, stored);
/// Has a verdict that may be told.
inline constexpr state_set decided = all.without(open);
/// Nobody knows yet whether money moved.
inline constexpr state_set undecided = state_set::of(prepared, sent, reversal_pending, unknown);
/// As a process that ended in the middle leaves it.
inline constexpr state_set unfinished = state_set::of(prepared, sent);
/// No machine can decide it any more, or might ever: a person may.
inline constexpr state_set a_persons = state_set::of(reversal_pending, reversal_refused, unknown, stored);
/// In the totals of its batch, as money that moved.
inline constexpr state_set counts = state_set::of(approved, voided);
/// Told again to a host whose totals differ.
inline constexpr state_set uploads = counts;
/// Of a refund: takes away from what of its original may still be given back.
inline constexpr state_set takes_room = open | state_set::of(approved);
/// Approved, and nothing has undone it.
inline constexpr state_set stands = state_set::of(approved);
/// Undone by another record: only what becomes of that one can bring it back.
inline constexpr state_set undone_by_another = state_set::of(voided);
/// May be the original of a void or a refund.
inline constexpr state_set may_be_voided = stands;
inline constexpr state_set may_be_refunded = stands;
/// Waits for the host's answer to a reversal, which goes before any other trade.
inline constexpr state_set reverses = state_set::of(reversal_pending);
/// Done at the till, and told to the host until it has answered: it holds nobody up but the settlement.
inline constexpr state_set repeats = state_set::of(stored);
/// Its reversal was answered and proved nothing: it may be sent again, and holds nobody up.
inline constexpr state_set unproven = state_set::of(reversal_refused);
/// Told, and no money moved.
inline constexpr state_set moved_nothing = state_set::of(declined, reversed);
/// Nothing of the payment is left: nothing moved, nothing was sent, or the gateway has given it back.
inline constexpr state_set nothing_stands = moved_nothing | state_set::of(not_sent, returned);
/// The money went back, by a void or by the gateway.
inline constexpr state_set went_back = state_set::of(voided, returned);
/// Its idempotency key may be used again.
inline constexpr state_set frees_key = state_set::of(not_sent);
/// Its sealed card data is needed no more once the batch is settled.
inline constexpr state_set frees_card = decided;
} // namespace states

/// How a payment stands with its caller.
enum class outcome : std::uint8_t {
    approved,
    declined, ///< the host (or gateway) said no, or the payer did: no money moved
    reversed, ///< the outcome was not known and has been undone on the host's side: no money moved
    unknown,  ///< not decided: never to be treated as declined
    not_sent, ///< certain that no byte left
    voided,   ///< was approved, then undone by another record
    returned, ///< was paid, then given back by the gateway
    stored,   ///< done at the till; the host has not answered yet
};
[[nodiscard]] outcome outcome_of(ports::record_state state) noexcept;

/// Whether a step is in the table, on that word.
[[nodiscard]] bool may_follow(ports::record_state now, ports::record_state next, ports::decider by) noexcept;

/// Whether a record may take that step on that word. Besides the table: the host speaks for its trades alone and the
/// gateway for its own; an unknown outcome becomes what its kind says (`state_if_unknown`); an approval that somebody
/// has heard of is never reversed; a card can only decline a trade, or say of its approval what it made of the
/// issuer's proof, that has the card at hand and goes to the host; what nothing can undo is marked `sent` before it
/// leaves (`marks_send`), and without the mark it was not sent; what is stored was not sent only while no send of it
/// has been counted; and only an order at the gateway is paid after it was closed, or given back.
[[nodiscard]] bool may_follow(
    const ports::journal_record& record, ports::record_state next, ports::decider by) noexcept;

/// Whether a step opens again what had its verdict, as the late payment of an order that was told as not paid does:
/// whoever was told then has yet to hear how it ends, and the closing mark falls.
[[nodiscard]] bool opens_again(ports::record_state now, ports::record_state next) noexcept;

/// Whether the record has already all that a verdict sets.
[[nodiscard]] bool holds(const ports::journal_record& record, const ports::journal_verdict& verdict);
/// Whether a verdict is to be written. One that would leave the record in its state is not where the table has no
/// such step, or where it says nothing new: then all of the record stands as it is on file. That a reversal proved
/// nothing once more is written all the same, as the time of it counts (`asks_again`).
[[nodiscard]] bool must_write(const ports::journal_record& record, const ports::journal_verdict& verdict);

/// The record as a verdict leaves it. Stores what the verdict sets, whether or not `may_decide` lets it.
void apply(ports::journal_record& record, const ports::journal_verdict& verdict);

/// Whether a new record has what every record needs: a terminal, a key, and nothing decided.
[[nodiscard]] bool may_begin(const ports::journal_record& fresh) noexcept;

/// Whether a record, which has a key, was begun for what the key is asked for now. The same trade may go to another
/// peer meanwhile, a payment terminal in the host's place; of a void and of a refund the original says which one it
/// is, and what undoes the whole of it names no amount.
/// @param original the handle that was named; of a trade that needs none it does not matter.
[[nodiscard]] bool was_begun_for(
    const ports::journal_record& record, ports::trade asked, std::uint64_t original, const amount& total) noexcept;

/// What a verdict changes in another record, in the same commit.
struct consequence {
    std::uint64_t record; ///< the original
    ports::record_state from;
    ports::record_state to;
};
/// The approval of a void makes its original `voided`, if that is approved.
[[nodiscard]] std::optional<consequence> consequence_of(
    const ports::journal_record& record, const ports::journal_verdict& verdict) noexcept;

/// What becomes of a trade that may have left and was not answered: a reversal, where its kind has one.
[[nodiscard]] ports::record_state state_if_unknown(ports::trade kind) noexcept;

/// Whether that its request leaves is a durable state of its own (`mark_of`): of what can neither be reversed nor
/// closed, so that a later run never sends what was not sent.
[[nodiscard]] bool marks_send(ports::trade kind) noexcept;
/// The state that says so: `sent`, or `stored` of what is sent until it is answered.
[[nodiscard]] ports::record_state mark_of(ports::trade kind) noexcept;

/// What a later process makes of an unfinished record.
[[nodiscard]] ports::record_state state_if_found(const ports::journal_record& record) noexcept;

/// What a finding makes of a record; nothing if it is not a person's to decide.
[[nodiscard]] std::optional<ports::record_state> state_after(ports::record_state now, finding found) noexcept;

/// What a code of the host (field 39) says to a reversal. Codes as `iso8583::response_codes` has them; that 12, 25
/// and 40 prove nothing is this library's reading.
enum class reversal_word : std::uint8_t {
    undone,   ///< undone: no money moved
    passing,  ///< it speaks of the moment, not of the reversal: send it again
    refused,  ///< nothing was undone, and the same reversal would end the same way
    unproven, ///< no original, or none that can be undone: the trade may be under way still, or stand
};
[[nodiscard]] reversal_word word_on_reversal(std::string_view code) noexcept;
/// What that word makes of the record; nothing where the reversal is to be sent again.
[[nodiscard]] std::optional<ports::record_state> state_after(reversal_word word) noexcept;

/// What a code of the host says to a stored trade. General knowledge, doubtful: no public text says what 94 and 79
/// mean in answer to a repeat.
enum class advice_word : std::uint8_t {
    taken,
    passing, ///< it proves nothing, or speaks of the moment: the same goes out again
    refused,
};
[[nodiscard]] advice_word word_on_advice(
    std::string_view code, ports::sent_before earlier, seen_before means = seen_before::is_taken) noexcept;

/// How a stored trade was sent once it leaves again: in doubt until it is answered.
[[nodiscard]] ports::sent_before once_sent(const ports::journal_record& record) noexcept;
/// Likewise, once an answer came that did not end it. What was once not answered stays so until a repeat is refused,
/// and that stays so for good; so does what the host has seen before it knew of any send. A code by which the host
/// had no answer itself (68, 96, 98) has not booked it for certain, and may have: "seen before" then proves nothing.
[[nodiscard]] ports::sent_before once_answered(
    ports::sent_before earlier, std::string_view code, seen_before means = seen_before::is_taken) noexcept;
/// Whether a send that was not answered may have been taken.
[[nodiscard]] bool in_doubt(ports::sent_before earlier) noexcept;
/// Whether repeats alone will hardly end it: it was refused in doubt, the host has seen it and says no more, or it
/// says what nobody knows.
[[nodiscard]] bool is_stuck(ports::sent_before now, std::string_view code) noexcept;

/// Whether the host's answer to a trade proves neither that the money moved nor that it did not: it had no answer
/// itself (68, 96, 98), had seen the same request before, from a front that sent it twice (94), or said what no row
/// names.
[[nodiscard]] bool leaves_open(std::string_view code) noexcept;

/// Whether a reversal that proved nothing is to be sent once more when nothing of its trade can be under way any
/// more. When that is, the process that has sent it knows by a clock that nobody sets: what the record is stamped
/// with says nothing of it.
[[nodiscard]] bool asks_again(const ports::journal_record& record) noexcept;

} // namespace cipherlane::ledger
