#pragma once

#include <cipherlane/reconcile/entry.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cipherlane::reconcile {

/// In what the journal and a statement differ.
enum class difference_kind : std::uint8_t {
    ours_only,    ///< 长款 of the acquirer: we have it, the statement does not
    theirs_only,  ///< the statement has it, we do not
    amount,       ///< both have it, with two amounts or in two currencies
    status,       ///< one side says that the money moved, the other does not
    duplicate,    ///< one side has it twice
    day_boundary, ///< it is, or will be, in the statement of another day: no fault of anybody's
    fee,          ///< the fee is not the agreed one
};
inline constexpr std::size_t difference_kinds = 7;
[[nodiscard]] std::string_view to_string(difference_kind value) noexcept;

/// What is proposed. Nothing is done by itself: each of these is a person's to do.
enum class proposal : std::uint8_t {
    await_next_statement, ///< look for it in the next one
    nothing,              ///< explained
    ask_for_payout,       ///< the acquirer owes it: send our record
    give_back_or_book,    ///< the payer has paid and the till does not know for what
    check_give_back,      ///< the acquirer has given back what the till has not asked for
    decide_paid,          ///< the statement proves it: `journal decide --paid`
    decide_not_paid, ///< the statement of its day lacks it: `journal decide --not-paid`, once the next lacks it too
    correct_amount,  ///< find the right one by the receipt; correct our book or ask for the rest
    claim_duplicate, ///< theirs: ask for it back; the payer is owed it
    check_own_duplicate, ///< ours: two records of one payment
    claim_fee,
    give_statement_before, ///< of the last minutes before the first day: it may be in the statement before
};
/// What to do, in words for a person.
[[nodiscard]] std::string_view to_string(proposal value) noexcept;
/// A short name for files, which does not change: "ask_for_payout".
[[nodiscard]] std::string_view name_of(proposal value) noexcept;

/// What one side has, without its key.
struct side {
    std::uint64_t place = 0; ///< the record's number, or the statement's line
    std::int64_t minor = 0;
    std::int64_t moment = 0;
    standing stands = standing::moved;
    std::optional<std::int64_t> fee;
    currency unit = cny; ///< of the amount and the fee
};

struct difference {
    difference_kind kind;
    proposal action;
    direction way;
    std::string_view key; ///< lives during the call that tells it
    std::optional<side> ours;
    std::optional<side> theirs;
    std::int64_t agreed_fee = 0; ///< of `fee`, signed as `side::fee`
};

} // namespace cipherlane::reconcile
