#pragma once

#include <cipherlane/acquiring/flow.hpp>
#include <cipherlane/ports/store.hpp>

#include <cstdint>

namespace cipherlane::acquiring {

struct settlement_request {};

/// How the batch was closed.
enum class settlement_result : std::uint8_t { balanced, not_balanced, host_error };

struct settlement_report {
    std::uint32_t batch = 0;
    ports::batch_totals totals;
    settlement_result host = settlement_result::balanced;
    std::uint32_t uploaded = 0; ///< records sent to the host because the totals differed
    std::uint64_t cards_erased = 0;
    bool resumed = false; ///< went on with a settlement that had been broken off
};

/// Settles the open batch (批结算): pending reversals, then totals (0500, field 48), then, where the host does not
/// balance, every record of the batch (0320) and the end message; then the next batch opens.
///
/// Its progress is durable: after a crash, a lost link or a deadline the next run goes on where it stopped, with the
/// same totals; until then no trade is taken. Trades of the QR gateway are reported apart: the host does not know
/// them.
/// @return `timed_out`, `link_lost` (run it again), `rejected_by_peer` (`settlement_refused`), `local_fault`.
using settlement = flow<settlement_request, settlement_report>;

extern template class flow<settlement_request, settlement_report>;

} // namespace cipherlane::acquiring
