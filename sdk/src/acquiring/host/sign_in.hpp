#pragma once

#include "lane/lane_core.hpp"

#include <cipherlane/acquiring/sign_in_report.hpp>

#include <cstdint>

namespace cipherlane::acquiring {

/// Gives the sealer the keys that the journal has. Where the sealer does not answer they wait
/// (`lane_core::keys_wait`) until it does: a lane can be opened while a cipher machine or PIN pad is away.
[[nodiscard]] result<void> load_kept_keys(lane_core& on, const call& bounds);
/// The same, if they wait.
[[nodiscard]] result<void> load_waiting_keys(lane_core& on, const call& bounds);

/// Signs the terminal in, whether or not it is due.
[[nodiscard]] result<sign_in_report> sign_in_now(lane_core& on, const call& bounds);

/// Opens a later batch than the open one, which must be empty, by a person's word.
/// @return `bad_request` for another one; the journal's `misuse`.
[[nodiscard]] result<void> begin_batch(lane_core& on, std::uint32_t batch, const call& bounds);

/// Before anything that needs a MAC: signs in where the host wants it, or where there is no MAC key in force.
[[nodiscard]] result<void> ensure_signed_in(lane_core& on, const call& bounds);

} // namespace cipherlane::acquiring
