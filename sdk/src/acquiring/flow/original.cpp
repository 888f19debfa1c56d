#include "flow/original.hpp"

#include "host/request.hpp"

#include <cipherlane/ledger/conversion.hpp>
#include <cipherlane/ledger/numbers.hpp>
#include <cipherlane/ledger/taking.hpp>

namespace cipherlane::acquiring {

using ledger::trade_role;
using ports::journal_record;

result<journal_record> find_original(
    lane_core& on, std::uint64_t handle, std::string_view operation, const call& bounds) {
    CIPHERLANE_TRY(auto found, on.journal().find(handle, bounds));
    if (!found || found->terminal_id != on.terminal_id()) return flow_error(acquiring_errc::no_original, operation);
    return std::move(*found);
}

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
    if (on.is_counterpart(original)) return {};
    return refuse(acquiring_errc::other_counterpart)
        .with_hint("the original went to another host, " + original.counterpart +
                   ": where that is the same one, host.earlier_addresses says so");
}

ledger::taking_rules rules_of(const lane_core& on, std::uint32_t batch) {
    const auto& set = on.settings();
    return {{set.pre_auth.most_percent, set.offline.most_added_percent}, batch, on.clock().now(),
        std::chrono::days(set.pre_auth.valid_days)};
}

} // namespace

result<void> check_original(lane_core& on, const ledger::trade_row& row, const journal_record& original,
    const amount& total, std::uint32_t batch, const call& bounds) {
    const auto refuse = [&](acquiring_errc why) { return flow_error(why, row.name).for_trace(original.trace); };
    CIPHERLANE_CHECK(check_is_own(on, row, original));
    ledger::original_sums sums;
    sums.whole = original.approved.minor();
    CIPHERLANE_TRY(const auto used, on.journal().refunded(original.id, bounds));
    sums.used = used.minor();
    if (ledger::minds_added(row.role)) {
        CIPHERLANE_TRY(sums.added, added_to(on, original, bounds));
    }
    switch (ledger::taking_of(row, total, original, sums, rules_of(on, batch))) {
    case ledger::taking::not_standing: return refuse(acquiring_errc::original_not_approved);
    case ledger::taking::expired: return refuse(acquiring_errc::reservation_expired);
    case ledger::taking::too_much: return refuse(acquiring_errc::amount_too_large);
    case ledger::taking::fits: break;
    }
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
