#include "flow/original.hpp"

#include "host/request.hpp"

#include <cipherlane/ledger/conversion.hpp>
#include <cipherlane/ledger/numbers.hpp>
#include <cipherlane/ledger/record_life.hpp>
#include <cipherlane/ledger/totals.hpp>

namespace cipherlane::acquiring {

using ledger::trade_role;
using ports::journal_record;

result<journal_record> find_original(
    lane_core& on, std::uint64_t handle, std::string_view operation, const call& bounds) {
    CIPHERLANE_TRY(auto found, on.journal().find(handle, bounds));
    if (!found || found->terminal_id != on.terminal_id()) return flow_error(acquiring_errc::no_original, operation);
    return std::move(*found);
}

namespace {

/// What a trade of that role may take of its original, of which `used` has been taken already, or perhaps.
std::int64_t left_for(
    trade_role role, const terminal_settings& rules, const journal_record& original, std::int64_t used) noexcept {
    const auto whole = original.approved.minor();
    switch (role) {
    case trade_role::undoing: return used == 0 ? whole : 0;
    case trade_role::finishing: return used == 0 ? whole * rules.pre_auth.most_percent / 100 : 0;
    case trade_role::returning: return whole - used;
    case trade_role::adding: return used == 0 ? whole * rules.offline.most_added_percent / 100 : 0;
    case trade_role::notifying:
    case trade_role::rejecting:
    case trade_role::payment: break;
    }
    return 0;
}

} // namespace

result<std::int64_t> added_to(lane_core& on, const journal_record& original, const call& bounds) {
    if (!ledger::follower(original.kind, trade_role::adding)) return 0;
    CIPHERLANE_TRY(const auto added, on.journal().added(original.id, bounds));
    return added.minor();
}

namespace {

/// What follows a payment goes where that went, for the same merchant and in the same currency: another host has
/// never heard of it, and minor units of two currencies are not one sum.
result<void> check_is_own(lane_core& on, const ledger::trade_row& row, const journal_record& original) {
    const auto refuse = [&](acquiring_errc why) { return flow_error(why, row.name).for_trace(original.trace); };
    if (original.requested.unit() != on.settings().unit) {
        return refuse(acquiring_errc::bad_request)
            .in_field("currency")
            .with_hint("the original is in another currency than the terminal is set to");
    }
    if (original.merchant_id != on.settings().merchant_id) {
        return refuse(acquiring_errc::other_counterpart)
            .in_field("terminal.merchant")
            .with_hint("the original is another merchant's: only a terminal of that one can follow it up");
    }
    if (ledger::row_of(original.kind).through == ledger::channel::gateway) {
        const auto gateway = on.gateway_of(original);
        return gateway ? result<void>() : gateway.error();
    }
    const auto now = on.counterpart(original.kind);
    const bool other = !now.empty() && !original.counterpart.empty() && now != original.counterpart;
    if (!other) return {};
    return refuse(acquiring_errc::other_counterpart)
        .with_hint("the original went to another host: where that is the same one, host.name says so");
}

} // namespace

result<void> check_original(lane_core& on, const ledger::trade_row& row, const journal_record& original,
    const amount& total, std::uint32_t batch, const call& bounds) {
    const auto refuse = [&](acquiring_errc why) { return flow_error(why, row.name).for_trace(original.trace); };
    CIPHERLANE_CHECK(check_is_own(on, row, original));
    const bool whole = row.role == trade_role::undoing;
    const auto& standing = whole ? ledger::states::may_be_voided : ledger::states::may_be_refunded;
    if (!standing.contains(original.state)) return refuse(acquiring_errc::original_not_approved);
    const auto days = std::chrono::days(on.settings().pre_auth.valid_days);
    const bool ends = row.role == trade_role::finishing && days.count() != 0;
    if (ends && on.clock().now() > original.created + days) return refuse(acquiring_errc::reservation_expired);
    // What a batch counts can be undone, or added to, only while that batch is open.
    const bool in_its_batch = whole || row.role == trade_role::adding;
    const bool counted = ledger::row_of(original.kind).totals != ledger::counted_in::nothing;
    if (in_its_batch && counted && (original.batch != batch || original.settled)) {
        return refuse(acquiring_errc::original_not_approved);
    }
    // Money that went back already, or may have, must not go back twice.
    CIPHERLANE_TRY(const auto used, on.journal().refunded(original.id, bounds));
    if (total.minor() > left_for(row.role, on.settings(), original, used.minor()))
        return refuse(acquiring_errc::amount_too_large);
    if (!whole) return {};
    // A void is of the original's own amount: what was added to it would stay charged.
    CIPHERLANE_TRY(const auto added, added_to(on, original, bounds));
    if (added != 0) return refuse(acquiring_errc::amount_too_large);
    return {};
}

void refer_to(journal_record& fresh, const journal_record& original) {
    const auto date = original.host_date.empty() ? original.created_date : original.host_date;
    fresh.original = original.id;
    // Typed in, no PIN: the number comes from the journal. Of a payment code there is none.
    const bool by_code = ledger::row_of(original.kind).needs.contains(ledger::need::code);
    fresh.entry = by_code ? original.entry : "012";
    fresh.instalment = original.instalment;
    fresh.conversion = ledger::share_of(original.conversion, original.requested, fresh.requested);
    fresh.sequence_number = original.sequence_number;
    fresh.masked_pan = original.masked_pan;
    fresh.field61 = ledger::six_digits(original.batch) + ledger::six_digits(original.trace) + date.substr(4);
}

} // namespace cipherlane::acquiring
