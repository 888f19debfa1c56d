#pragma once

#include "flow/settlement_progress.hpp"
#include "lane/lane_core.hpp"

#include <cipherlane/ports/store.hpp>

namespace cipherlane::acquiring {

/// The settlement of a lane whose terminal has a host of its own: the terminal closes its day, the till its batch.

/// What must be clear before the totals are frozen. @return `unsupported` for a terminal that closes no day.
[[nodiscard]] result<ports::settlement_progress> begin_at_terminal(lane_core& on, const call& bounds);
/// Tells the terminal to close its day, and compares what it has added up. A day that was being closed when the till
/// ended is closed again, and its totals are then not comparable, nor where the terminal refuses. One that does not
/// answer again may be given up by a person.
/// A terminal that closes no day ends it (`unsupported`): trades may go on.
[[nodiscard]] result<void> settle_at_terminal(
    lane_core& on, ports::settlement_progress& progress, const step_taken& as, const call& bounds);

} // namespace cipherlane::acquiring
