#pragma once

#include "lane_core.hpp"

#include <cipherlane/ports/journal_record.hpp>

#include <optional>

namespace cipherlane::acquiring {

/// Where an attempt to reverse has led.
struct reversal_end {
    ports::record_state state = ports::record_state::reversal_pending;
    std::optional<error> why; ///< while it is still pending
};

/// Sends the reversal (0400) of a record that is `reversal_pending`: as often as the settings say, byte for byte the
/// same, until an answer with a right MAC comes. What the host says is durable before this returns.
[[nodiscard]] reversal_end send_reversal(lane_core& on, const ports::journal_record& record, const call& bounds);

/// Before a trade goes to the host: everything of an earlier trade that may still move money there is undone first.
/// @return `reversal_pending`, or why nothing could be sent, with the trace number of the trade that blocks.
[[nodiscard]] result<void> settle_doubts(lane_core& on, const call& bounds);

/// A record found `prepared` may have left the till: brings it to the state in which it will be dealt with.
[[nodiscard]] result<void> take_as_sent(lane_core& on, ports::journal_record& record);

} // namespace cipherlane::acquiring
