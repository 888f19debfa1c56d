#pragma once

#include "lane/lane_core.hpp"

#include <cipherlane/ports/store.hpp>

namespace cipherlane::acquiring {

/// How far a settlement has come, durable before its next step; none where it is over.
[[nodiscard]] inline result<void> save_progress(lane_core& on, const ports::settlement_progress& progress) {
    return on.journal().save_settlement(on.terminal_id(), progress, on.journal_call());
}

} // namespace cipherlane::acquiring
