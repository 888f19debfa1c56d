#include <cipherlane/reconcile/difference.hpp>

namespace cipherlane::reconcile {
namespace {

struct proposal_row {
    std::string_view name;
    std::string_view words;
};

constexpr std::array<proposal_row, 12> proposals{{
    {"await_next_statement", "look for it in the next statement"},
    {"nothing", "nothing to do: it is booked on another day"},
    {"ask_for_payout", "ask the acquirer to pay it out, with the record as evidence"},
    {"give_back_or_book", "find out what was paid for; book it or give it back"},
    {"check_give_back", "ask the acquirer who has asked for it"},
    {"decide_paid", "the statement proves it: journal decide --paid"},
    {"decide_not_paid", "if the next statement lacks it too: journal decide --not-paid"},
    {"correct_amount", "compare the receipt; correct the book or ask for the rest"},
    {"claim_duplicate", "one payment was booked twice: claim the second"},
    {"check_own_duplicate", "two records of one payment: check both receipts"},
    {"claim_fee", "claim the difference to the agreed fee"},
    {"give_statement_before", "compare again with the statement of the day before too, and --from the first day"},
}};

constexpr std::array<std::string_view, difference_kinds> kinds{
    "ours_only", "theirs_only", "amount", "status", "duplicate", "day_boundary", "fee"};

} // namespace

std::string_view to_string(difference_kind value) noexcept {
    return kinds[static_cast<std::size_t>(value)];
}
std::string_view to_string(proposal value) noexcept {
    return proposals[static_cast<std::size_t>(value)].words;
}
std::string_view name_of(proposal value) noexcept {
    return proposals[static_cast<std::size_t>(value)].name;
}

} // namespace cipherlane::reconcile
