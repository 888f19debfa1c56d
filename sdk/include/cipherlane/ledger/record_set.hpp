#pragma once

#include <cipherlane/ledger/record_life.hpp>
#include <cipherlane/ledger/trades.hpp>

#include <array>
#include <cstdint>
#include <optional>

namespace cipherlane::ledger {

/// A set of records, by nothing but what a row of a store shows as well. As data, so that a store makes its
/// conditions from it (`sql_condition`) instead of writing the rule again.
struct record_set {
    state_set states = states::all;
    std::optional<trade_set> kinds{}; ///< none: whatever its kind
    std::optional<bool> closed{};     ///< none: whether or not somebody was told
    std::optional<bool> settled{};    ///< none: whether or not its batch is closed
    std::optional<bool> in_shift{};   ///< none: whether or not its operator had signed on; shift 0 is none
    std::optional<bool> at_card{};    ///< none: whether or not its card has yet to speak

    [[nodiscard]] constexpr bool contains(const ports::journal_record& record) const noexcept {
        return states.contains(record.state) && (!kinds || kinds->contains(record.kind)) &&
               (!closed || *closed == record.closed) && (!settled || *settled == record.settled) &&
               (!in_shift || *in_shift == (record.shift != 0)) && (!at_card || *at_card == record.at_card);
    }
};

/// What a store is asked for. Which terminal's, and of which batch, is said with the question.
namespace records {
/// Somebody must still act on it.
inline constexpr record_set open{.states = states::open};
/// Has a verdict, and its closing mark is missing.
inline constexpr record_set untold{.states = states::decided, .closed = false};
/// Approved, and its card may still undo that: so nobody may be told of it. What somebody was told is decided,
/// whether or not it is on file that the card has spoken.
inline constexpr record_set at_card{.states = states::stands, .closed = false, .at_card = true};
/// Money has moved by it, and nobody has acknowledged that: who was not told would ask for it again.
inline constexpr record_set taken_untold{
    .states = states::counts | states::went_back, .kinds = asked_trades, .closed = false};
/// Moved money in the open batch, on one of the sides that it is settled by.
inline constexpr record_set in_totals{.states = states::counts, .kinds = counted_trades, .settled = false};
/// In the totals of its batch while that is not settled: the batch's number comes again some day.
inline constexpr record_set counted{.states = states::counts, .settled = false};
/// Told again to a host whose totals differ, as long.
inline constexpr record_set uploaded{.states = states::uploads, .settled = false};
/// In a batch that is not settled: what has moved money, and what may. They are all of one currency, as the totals
/// are one sum; and a batch without any is empty.
inline constexpr record_set fills_batch{.states = states::uploads | states::open, .settled = false};
/// Settled, and told, by the closing of its terminal's batch. What was not decided when its own batch was closed is
/// settled with a later one.
inline constexpr record_set settles{.states = states::decided, .settled = false};
/// Its sealed card data is to be erased, some time after its batch was settled.
inline constexpr record_set card_due{.states = states::frees_card, .settled = true};
/// Of a shift. Which operator's and which one, is said with the question.
inline constexpr record_set of_shift{.in_shift = true};
/// Takes away from what of its original may still be given back: what is in one of these. What is not decided does:
/// the money may have gone back, by a void too. A void that is approved takes nothing more: its original is voided.
inline constexpr std::array takes_room{record_set{.states = states::takes_room, .kinds = returning_trades},
    record_set{.states = states::open, .kinds = undoing_trades}};
/// Adds to what its original has taken, or may yet.
inline constexpr record_set adds_more{.states = states::open | states::stands, .kinds = adding_trades};
} // namespace records

} // namespace cipherlane::ledger
