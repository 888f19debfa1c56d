#pragma once

#include "lane/lane_core.hpp"

#include <cipherlane/ports/store.hpp>

namespace cipherlane::acquiring {

/// Whether a trade may begin at all. @return `settlement_due` while a settlement is under way.
[[nodiscard]] result<void> check_not_settling(lane_core& on, const call& bounds);

/// Before anything with the host: no settlement under way, keys there and not out of date, no doubt left over.
[[nodiscard]] result<ports::terminal_state> ready_for_host(lane_core& on, const call& bounds);

/// @return `too_little_time` if the host could not answer before the deadline, `cashier_cancelled`.
[[nodiscard]] result<void> check_time(lane_core& on, const call& bounds);

/// Whether all payments of a batch are in the terminal's currency: its totals are one sum, told in that currency.
/// @return `bad_settings` for "terminal.currency", which was another one when the batch was begun.
[[nodiscard]] result<void> check_unit(lane_core& on, std::uint32_t batch, const call& bounds);

/// Whether the open batch is in the terminal's currency, and has room for a trade of this kind, beside what is stored
/// and still to be told.
/// @return `batch_full` if one more might not fit into the totals by which the batch is settled.
[[nodiscard]] result<void> check_room(lane_core& on, ports::trade kind, const amount& total, const call& bounds);

} // namespace cipherlane::acquiring
