#include "flow/terminal_settlement.hpp"

#include "flow/advice.hpp"
#include "flow/order_outcome.hpp"
#include "flow/ready.hpp"
#include "flow/settlement_progress.hpp"
#include "flow/terminal_trade.hpp"
#include "lane/cannot.hpp"

#include <cipherlane/iso8583/field48.hpp>
#include <cipherlane/ledger/totals.hpp>

namespace cipherlane::acquiring {

using ports::settlement_progress;
using ports::settlement_step;

namespace {

/// A day that nobody can close must not be begun to be closed: no trade would be taken until it is.
result<void> check_settles(const ports::terminal& terminal) {
    if (terminal.capabilities().settle) return {};
    return cannot("settle", "terminal");
}

result<void> end_with(lane_core& on, settlement_progress& progress, iso8583::settlement_verdict verdict) {
    progress.host_result = static_cast<std::uint8_t>(verdict);
    progress.step = settlement_step::ending;
    return save_progress(on, progress);
}

} // namespace

result<settlement_progress> begin_at_terminal(lane_core& on, const call& bounds) {
    on.enter(stage::preparing);
    CIPHERLANE_CHECK(check_not_settling(on, bounds));
    CIPHERLANE_TRY(auto* const terminal, on.terminal());
    CIPHERLANE_CHECK(check_settles(*terminal));
    CIPHERLANE_CHECK(settle_terminal(on, bounds));
    // What a host of earlier days has not been told would be closed over.
    CIPHERLANE_CHECK(check_all_told(on));
    // An order that the gateway does not decide belongs to the gateway's books, not to the terminal's.
    if (on.has_gateway()) (void)settle_orders(on, nullptr, bounds);
    // From here on no trade is taken until the terminal has answered: it must be there.
    CIPHERLANE_CHECK(terminal->open(bounds));
    CIPHERLANE_TRY(const auto state, on.journal().terminal(on.terminal_id(), bounds));
    CIPHERLANE_CHECK(check_unit(on, state.batch, bounds));
    settlement_progress progress;
    progress.batch = state.batch;
    progress.step = settlement_step::totals_sent;
    CIPHERLANE_TRY(progress.totals, on.journal().totals(on.terminal_id(), state.batch, on.journal_call()));
    CIPHERLANE_CHECK(save_progress(on, progress));
    return progress;
}

result<void> settle_at_terminal(
    lane_core& on, settlement_progress& progress, const step_taken& as, const call& bounds) {
    const bool resumed = as.earlier == ledger::totals_asked::before;
    if (progress.step != settlement_step::totals_sent) return {};
    CIPHERLANE_TRY(auto* const terminal, on.terminal());
    using iso8583::settlement_verdict;
    // Begun when its description still said how: it may have been asked, and nobody can ask it any more.
    if (!check_settles(*terminal)) return end_with(on, progress, settlement_verdict::error);
    const auto closed = terminal->settle(bounds);
    // A line that nobody answered counts as a refusal too, but has no code of the terminal's: it may be closed.
    const bool refused = !closed && !closed.error().peer_code().empty();
    // It says nothing of the day that was to be closed then: that is asked again.
    const bool busy = refused && closed.error().is(condition::timed_out);
    if (refused && !resumed) {
        // It has said no before anything was done: trades may go on.
        CIPHERLANE_CHECK(save_progress(on, {}));
        return flow_error(acquiring_errc::settlement_refused, "terminal").with_peer_code(closed.error().peer_code());
    }
    if (!closed && (!refused || busy)) {
        // Who was there, and has looked at what it prints, may end what it never answers.
        if (resumed && as.how == after_refusal::close_batch && !bounds.stopped())
            return end_with(on, progress, settlement_verdict::error);
        return closed.error();
    }
    // Asked for before, and the answer was lost: a day that it refuses to close now may have been closed then. Its
    // trades must not be counted into the next one; a person compares.
    auto verdict = settlement_verdict::error;
    if (closed && closed->total && ledger::is_comparable(*closed->total, progress.totals)) {
        progress.host_debit = *closed->total;
        const bool balanced = ledger::net_difference(progress).empty();
        verdict = balanced ? settlement_verdict::balanced : settlement_verdict::not_balanced;
    }
    return end_with(on, progress, verdict);
}

} // namespace cipherlane::acquiring
