#pragma once

#include <cipherlane/core/amount.hpp>
#include <cipherlane/ledger/side_difference.hpp>
#include <cipherlane/ledger/trades.hpp>
#include <cipherlane/ports/store.hpp>

#include <cstdint>
#include <span>
#include <vector>

namespace cipherlane::ledger {

/// What a batch adds up to.

/// Adds trades of one kind and state; a store may group its records by these and need not read each.
void add(ports::batch_totals& sums, ports::trade kind, ports::record_state state, const ports::batch_side& part);
void add(ports::batch_totals& sums, const ports::journal_record& record);
[[nodiscard]] ports::batch_totals totals_of(std::span<const ports::journal_record> batch);

/// Where the host's answer to a settlement differs from the totals that it was told.
[[nodiscard]] std::vector<side_difference> differences(const ports::settlement_progress& settled);

/// Field 48 of a settlement (0500; Q/CUP 009.1 part 1) counts each side in three digits. What is left of them is for
/// what is in doubt and found to have been done.
inline constexpr std::uint32_t fullest_batch = 990;

/// Whether one more trade of this kind fits into the totals by which the batch is settled.
[[nodiscard]] bool has_room(const ports::batch_totals& sums, ports::trade kind, const amount& total) noexcept;

/// Whether a record takes away from what of its original may still be given back (`records::takes_room`).
[[nodiscard]] bool gives_back(const ports::journal_record& record) noexcept;

/// Whether a record adds to what its original has taken, or may yet: a tip or an adjustment that stands or is not
/// decided. Nothing undoes it, so that an original with such a record cannot be undone as a whole.
[[nodiscard]] bool adds_more(const ports::journal_record& record) noexcept;

} // namespace cipherlane::ledger
