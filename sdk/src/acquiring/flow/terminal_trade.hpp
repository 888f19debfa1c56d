#pragma once

#include "lane/lane_core.hpp"

#include <cipherlane/acquiring/payment.hpp>

namespace cipherlane::acquiring {

/// Trades of a payment terminal with a host of its own. Its records are durable as sent before it is asked, and no
/// other trade is begun at it while one of them is not decided.

/// Asks the terminal for what the record says, and asks what became of it where the answer is missing.
[[nodiscard]] result<payment> ask_terminal(
    lane_core& on, ports::terminal& terminal, ports::journal_record& record, const call& bounds);
/// Asks the terminal what became of a record that is not decided. Moves no money.
[[nodiscard]] payment resolve_at_terminal(lane_core& on, ports::journal_record& record, const call& bounds);
/// Brings what earlier trades have left at the terminal to its end.
/// @return `terminal_pending`.
[[nodiscard]] result<void> settle_terminal(lane_core& on, const call& bounds);

} // namespace cipherlane::acquiring
