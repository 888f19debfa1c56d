#pragma once

#include "lane/lane_core.hpp"

#include <cipherlane/acquiring/settlement.hpp>
#include <cipherlane/ports/store.hpp>

#include <vector>

namespace cipherlane::acquiring {

/// Sends every record of the batch that the host has not acknowledged yet (批上送): sales and voids up to eight in a
/// message, those of chip cards and refunds one by one. Its progress is durable after each. Where a person closes the
/// batch, what is refused and what cannot be read any more is passed over.
[[nodiscard]] result<void> upload(lane_core& on, ports::settlement_progress& progress, after_refusal after,
    settlement_report& report, const call& bounds);

/// What of the records that have gone up by now the host has not had, as their card cannot be opened.
[[nodiscard]] result<std::vector<payment>> left_out(lane_core& on, const ports::settlement_progress& progress);

} // namespace cipherlane::acquiring
