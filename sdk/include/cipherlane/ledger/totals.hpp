#pragma once

#include <cipherlane/core/amount.hpp>
#include <cipherlane/iso8583/field48.hpp>
#include <cipherlane/ledger/side_difference.hpp>
#include <cipherlane/ledger/trades.hpp>
#include <cipherlane/ports/store.hpp>

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace cipherlane::ledger {

/// What a batch adds up to.

/// Adds trades of one kind and state; a store may group its records by these and need not read each.
void add(ports::batch_totals& sums, ports::trade kind, ports::record_state state, const ports::batch_side& part);
void add(ports::batch_totals& sums, const ports::journal_record& record);
[[nodiscard]] ports::batch_totals totals_of(std::span<const ports::journal_record> batch);

/// While a batch is being settled the sides that the host counts stand as it was told; those that are counted apart
/// go on, and are what they are `now`, once it is closed.
void take_apart(ports::batch_totals& settled, const ports::batch_totals& now) noexcept;

/// Where the host's answer to a settlement differs from the totals that it was told.
[[nodiscard]] std::vector<side_difference> differences(const ports::settlement_progress& settled);

/// What the host tells in answer to a batch's totals: its figures, and its verdict as far as they bear it out. Its
/// word that a batch balances counts only where its figures are those that it was told, and nothing stands among the
/// foreign cards, of which the till has told none: any other is `not_balanced`.
void take_host_totals(ports::settlement_progress& settled, const iso8583::settlement_totals& told);

/// Likewise for the one sum that a card terminal tells of its day, voids and refunds taken off, as `host_debit`. How
/// many trades that were is not compared: terminals do not count alike.
[[nodiscard]] std::vector<side_difference> net_difference(const ports::settlement_progress& settled);
/// Debit less credit, of what the host or the terminal counts.
[[nodiscard]] std::int64_t net_of(const ports::batch_totals& sums) noexcept;
/// Whether what a card terminal tells of its day is of the day that the till has counted: one that had been closed
/// already adds up to nothing.
[[nodiscard]] bool is_comparable(const ports::batch_side& told, const ports::batch_totals& counted) noexcept;

/// Whether totals, or the end of what went up for them, may have reached the host before.
enum class totals_asked : std::uint8_t { never, before };

/// What a code of the host (field 39) says to the totals of a batch, or to its end.
enum class settlement_word : std::uint8_t {
    counted,
    refused,  ///< nothing was done: the batch is open on both sides
    unproven, ///< it may be closed at the host, and nothing more may be counted into it
};
/// A host that closed the batch, and whose answer was lost, may refuse to do it again; and a code that proves nothing
/// of a trade proves nothing of a batch.
[[nodiscard]] settlement_word word_on_settlement(std::string_view code, totals_asked earlier) noexcept;

/// Field 48 of a settlement (0500; Q/CUP 009.1 part 1) counts each side in three digits. What is left of them is for
/// what is in doubt and found to have been done.
inline constexpr std::uint32_t fullest_batch = 990;

/// Whether one more trade of this kind fits into the totals by which the batch is settled.
[[nodiscard]] bool has_room(const ports::batch_totals& sums, ports::trade kind, const amount& total) noexcept;
/// The totals as they will be once the host has taken what is stored for it: the batch must be able to hold that
/// then.
/// @param open the terminal's records that are not decided.
[[nodiscard]] ports::batch_totals with_stored(ports::batch_totals sums, std::span<const ports::journal_record> open);
/// Whether a settlement, and the room for trades, waits for the host's word on a record: money that it counts.
[[nodiscard]] bool awaits_host(const ports::journal_record& record) noexcept;

/// Whether the totals of a record's batch have been told, and count the record: what becomes of it is not written
/// before the batch is closed.
[[nodiscard]] bool is_frozen(
    const ports::settlement_progress& progress, const ports::journal_record& record) noexcept;

/// Whether a record takes away from what of its original may still be given back (`records::takes_room`).
[[nodiscard]] bool gives_back(const ports::journal_record& record) noexcept;

/// Whether a record adds to what its original has taken, or may yet: a tip or an adjustment that stands or is not
/// decided. Nothing undoes it, so that an original with such a record cannot be undone as a whole.
[[nodiscard]] bool adds_more(const ports::journal_record& record) noexcept;

} // namespace cipherlane::ledger
