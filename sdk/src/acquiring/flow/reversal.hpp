#pragma once

#include "lane/lane_core.hpp"

#include <cipherlane/acquiring/payment.hpp>
#include <cipherlane/ports/journal_record.hpp>

#include <optional>

namespace cipherlane::acquiring {

/// Sends the reversal (0400) of a record that waits for one: as often as the settings say, byte for byte the same,
/// until an answer with a right MAC comes. What the host says is durable before this returns; `record` becomes what
/// the journal then has.
/// @return while it still waits: why.
[[nodiscard]] std::optional<error> send_reversal(lane_core& on, ports::journal_record& record, const call& bounds);

/// Before a trade goes to the host: everything of an earlier trade that may still move money there is undone first.
/// @return `reversal_pending`, or why nothing could be sent, with the trace number of the trade that blocks.
[[nodiscard]] result<void> settle_doubts(lane_core& on, const call& bounds);

/// A record found `prepared` may have left the till: brings it to the state in which it will be dealt with.
[[nodiscard]] result<void> take_as_sent(lane_core& on, ports::journal_record& record);

} // namespace cipherlane::acquiring
