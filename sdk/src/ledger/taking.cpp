#include <cipherlane/ledger/record_sum.hpp>
#include <cipherlane/ledger/taking.hpp>

namespace cipherlane::ledger {

using ports::journal_record;

std::int64_t left_of(trade_role role, const original_sums& original, const taking_limits& limits) noexcept {
    const bool untouched = original.used == 0;
    const auto per_cent = [&](std::uint32_t most) { return original.whole * most / 100; };
    switch (role) {
    case trade_role::undoing: return untouched && original.added == 0 ? original.whole : 0;
    case trade_role::finishing: return untouched ? per_cent(limits.most_completed_percent) : 0;
    case trade_role::returning: return original.whole - original.used;
    case trade_role::adding: return untouched ? per_cent(limits.most_added_percent) - original.added : 0;
    case trade_role::notifying:
    case trade_role::rejecting:
    case trade_role::payment: break;
    }
    return 0;
}

state_set standing_for(trade_role role) noexcept {
    return role == trade_role::undoing ? states::may_be_voided : states::may_be_refunded;
}

bool minds_added(trade_role role) noexcept {
    return role == trade_role::undoing || role == trade_role::adding;
}

bool is_of_one_batch(trade_role role) noexcept {
    return role == trade_role::undoing || role == trade_role::adding;
}

taking taking_of(const trade_row& row, const amount& total, const journal_record& original, const original_sums& sums,
    const taking_rules& rules) noexcept {
    if (!standing_for(row.role).contains(original.state)) return taking::not_standing;
    const bool ends = row.role == trade_role::finishing && rules.reserved_for.count() != 0;
    if (ends && rules.now > original.created + rules.reserved_for) return taking::expired;
    const bool batch_is_open = original.batch == rules.batch && !original.settled;
    if (is_of_one_batch(row.role) && counted_trades.contains(original.kind) && !batch_is_open)
        return taking::not_standing;
    const amount left(left_of(row.role, sums, rules.limits), original.requested.unit());
    return total.is_within(left) ? taking::fits : taking::too_much;
}

amount surely_given_back(std::uint64_t original, const amount& given, std::span<const journal_record> open) noexcept {
    auto certain = given.minor();
    for (const auto& record : open) {
        if (record.original == original) certain -= sums::given_back.part_of(record);
    }
    return amount(certain, given.unit());
}

bool all_given_back(const amount& approved, const amount& back) noexcept {
    return approved.is_within(back);
}

} // namespace cipherlane::ledger
