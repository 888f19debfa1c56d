#include "flow/ready.hpp"

#include "flow/reversal.hpp"
#include "host/service.hpp"
#include "host/sign_in.hpp"

#include <cipherlane/ledger/record_life.hpp>
#include <cipherlane/ledger/totals.hpp>

#include <string>

namespace cipherlane::acquiring {

result<void> check_not_settling(lane_core& on, const call& bounds) {
    CIPHERLANE_TRY(const auto progress, on.journal().settlement(on.terminal_id(), bounds));
    if (progress.step != ports::settlement_step::none) return flow_error(acquiring_errc::settlement_due, "trade");
    return {};
}

namespace {

/// Header wishes must not cost the trade its time: they have what the call leaves beyond card and host's answer.
void obey_in_time(lane_core& on, std::uint8_t wishes, const call& bounds) {
    const auto host = on.host();
    if (!host) return;
    const auto of_trade = (*host)->response_time() + on.settings().timers.card;
    obey_wishes(on, wishes, bounds.until().left() - of_trade, bounds);
}

} // namespace

result<ports::terminal_state> ready_for_host(lane_core& on, const call& bounds) {
    on.enter(stage::preparing);
    CIPHERLANE_TRY([[maybe_unused]] auto* const host, on.host());
    CIPHERLANE_TRY([[maybe_unused]] auto* const sealer, on.sealer());
    CIPHERLANE_CHECK(check_not_settling(on, bounds));
    CIPHERLANE_CHECK(ensure_signed_in(on, bounds));
    CIPHERLANE_CHECK(settle_doubts(on, bounds));
    CIPHERLANE_TRY(auto terminal, on.journal().terminal(on.terminal_id(), bounds));
    CIPHERLANE_CHECK(check_unit(on, terminal.batch, bounds));
    if (terminal.wishes == 0) return terminal;
    obey_in_time(on, terminal.wishes, bounds);
    return on.journal().terminal(on.terminal_id(), bounds);
}

result<void> check_time(lane_core& on, const call& bounds) {
    CIPHERLANE_TRY(const auto* const host, on.host());
    if (bounds.until().left() < host->response_time()) {
        return flow_error(acquiring_errc::too_little_time, to_string(stage::sending));
    }
    if (bounds.stopped()) return flow_error(acquiring_errc::cashier_cancelled, to_string(stage::sending));
    return {};
}

result<void> check_unit(lane_core& on, std::uint32_t batch, const call& bounds) {
    if (on.batch_in_unit == batch) return {};
    const auto other = on.journal().find_other_unit(on.terminal_id(), batch, on.settings().unit, bounds);
    if (!other) return {}; // one damaged record of the day stops no payment
    if (!*other) {
        on.batch_in_unit = batch;
        return {};
    }
    return flow_error(acquiring_errc::bad_settings, "batch")
        .in_field("terminal.currency")
        .for_trace((*other)->trace)
        .with_hint("batch " + std::to_string(batch) + " has payments in currency " +
                   std::to_string((*other)->requested.unit().number) + ": settle it under that setting first");
}

result<void> check_room(lane_core& on, ports::trade kind, const amount& total, const call& bounds) {
    CIPHERLANE_TRY(const auto state, on.journal().terminal(on.terminal_id(), bounds));
    CIPHERLANE_CHECK(check_unit(on, state.batch, bounds));
    if (ledger::row_of(kind).totals != ledger::counted_in::host_totals) return {};
    CIPHERLANE_TRY(const auto totals, on.journal().totals(on.terminal_id(), state.batch, bounds));
    CIPHERLANE_TRY(const auto open, on.journal().open_records(on.terminal_id(), bounds));
    if (!ledger::has_room(ledger::with_stored(totals, open), kind, total))
        return flow_error(acquiring_errc::batch_full, "trade");
    return {};
}

} // namespace cipherlane::acquiring
