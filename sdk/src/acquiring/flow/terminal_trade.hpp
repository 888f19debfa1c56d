#pragma once

#include "lane/lane_core.hpp"

#include <cipherlane/acquiring/payment.hpp>

#include <cstdint>
#include <optional>

namespace cipherlane::acquiring {

/// Trades of a payment terminal with a host of its own. Its records are durable as sent before it is asked, and no
/// other trade is begun at it while one of them is not decided.

/// Asks the terminal for what the record says, and asks what became of it where the answer is missing.
[[nodiscard]] result<payment> ask_terminal(
    lane_core& on, ports::terminal& terminal, ports::journal_record& record, const call& bounds);
/// Asks the terminal what became of a record that is not decided. Moves no money.
[[nodiscard]] payment resolve_at_terminal(lane_core& on, ports::journal_record& record, const call& bounds);
/// Brings what earlier trades have left at the terminal to its end. What turns out to have been carried out is raised
/// as `untold_verdict`: whoever asked for it had heard that it was not known.
/// @return the trace number of such a trade, the last one; `terminal_pending`.
[[nodiscard]] result<std::optional<std::uint32_t>> settle_terminal(lane_core& on, const call& bounds);

} // namespace cipherlane::acquiring
