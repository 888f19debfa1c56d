#pragma once

#include "flow/settlement_progress.hpp"
#include "lane/lane_core.hpp"

#include <cipherlane/acquiring/settlement.hpp>
#include <cipherlane/ports/store.hpp>

#include <cstdint>
#include <vector>

namespace cipherlane::acquiring {

enum class upload_end : std::uint8_t {
    whole,
    broken_off, ///< by a person, as it cannot go on: nothing more is sent
};

/// Sends every record of the batch that the host has not acknowledged yet (批上送): sales and voids up to eight in a
/// message, those of chip cards and refunds one by one. Its progress is durable after each. Where a person closes the
/// batch, what is refused and what cannot be read any more is passed over; what the host has not had is named in
/// `left_out`.
[[nodiscard]] result<upload_end> upload(lane_core& on, ports::settlement_progress& progress, const step_taken& as,
    settlement_report& report, const call& bounds);

/// Of the records that were passed by until now, those that the host has not had, as their card could not be opened
/// then (`settlement_progress::left_out`).
[[nodiscard]] result<std::vector<payment>> left_out(lane_core& on, const ports::settlement_progress& progress);

} // namespace cipherlane::acquiring
