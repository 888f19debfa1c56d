#pragma once

#include "lane/lane_core.hpp"

#include <cipherlane/ledger/trades.hpp>
#include <cipherlane/ports/journal_record.hpp>

#include <cstdint>
#include <string_view>

namespace cipherlane::acquiring {

/// The record of this terminal with that handle. @return `no_original` if it has none.
[[nodiscard]] result<ports::journal_record> find_original(
    lane_core& on, std::uint64_t handle, std::string_view operation, const call& bounds);

/// Whether a trade of that row may be made of `original` as it stands now: it stands, and what it needs is left of
/// it.
/// @param batch the open one. @return `original_not_approved`, `amount_too_large`, with the original's trace.
[[nodiscard]] result<void> check_original(lane_core& on, const ledger::trade_row& row,
    const ports::journal_record& original, const amount& total, std::uint32_t batch, const call& bounds);

/// What tips and adjustments have added to that trade, told to the host or still to be told, in minor units.
[[nodiscard]] result<std::int64_t> added_to(lane_core& on, const ports::journal_record& original, const call& bounds);

/// Makes a record one that refers to `original`: field 61 (batch, trace, date), the card as typed in.
void refer_to(ports::journal_record& fresh, const ports::journal_record& original);

} // namespace cipherlane::acquiring
