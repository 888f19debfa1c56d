#pragma once

#include "lane/lane_core.hpp"

#include <cipherlane/acquiring/payment.hpp>
#include <cipherlane/ports/journal_record.hpp>

#include <optional>

namespace cipherlane::acquiring {

/// Sends the reversal (0400) of a record that waits for one, or whose last one proved nothing: as often as the
/// settings say, byte for byte the same, until an answer with a right MAC comes. What the host says is durable before
/// this returns; `record` becomes what the journal then has.
/// @return while it is not undone: why.
[[nodiscard]] std::optional<error> send_reversal(lane_core& on, ports::journal_record& record, const call& bounds);

/// Before a trade goes to the host: everything of an earlier trade that may still move money there is undone first.
/// What a reversal could not prove is asked once more when it is due, and what belongs to another host is raised:
/// they hold nobody up.
/// @return `reversal_pending`, or why nothing could be sent, with the trace number of the trade that blocks.
[[nodiscard]] result<void> settle_doubts(lane_core& on, const call& bounds);

/// Whether no trade of a batch may still come in at the host, behind a reversal that proved nothing: its totals are
/// told over what the host then has. @return `reversal_pending`, with how long to wait.
[[nodiscard]] result<void> check_at_rest(lane_core& on, std::uint32_t batch, const call& bounds);

/// The same before the host is told of what is stored: none of that is told.
[[nodiscard]] result<void> undo_doubts(lane_core& on, const call& bounds);

} // namespace cipherlane::acquiring
