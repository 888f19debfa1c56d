#pragma once

#include <cipherlane/ledger/record_life.hpp>
#include <cipherlane/ledger/trades.hpp>

#include <chrono>
#include <cstdint>
#include <span>

namespace cipherlane::ledger {

/// What a trade may take of its original, and why not.

/// What an original is worth, and what other trades have made of it, in minor units. What is not decided yet counts
/// as done: money must not move twice.
struct original_sums {
    std::int64_t whole = 0; ///< as it was approved
    std::int64_t used = 0;  ///< given back, or taken of what it had reserved (`sums::given_back`)
    std::int64_t added = 0; ///< by tips and adjustments (`sums::added`)
};

/// How far a trade may exceed its original, in per cent of it. 115 is what card schemes let a completion take.
struct taking_limits {
    std::uint32_t most_completed_percent = 115; ///< of what was reserved
    std::uint32_t most_added_percent = 0;       ///< by all that is added, together
};

/// What a trade of that role may take at most. What undoes an original undoes the whole of it, once, and nothing that
/// was added may stay charged; it is completed once; what is given back is what is left; and nothing is added to what
/// has begun to go back.
[[nodiscard]] std::int64_t left_of(
    trade_role role, const original_sums& original, const taking_limits& limits) noexcept;

/// The states in which an original may be followed by a trade of that role.
[[nodiscard]] state_set standing_for(trade_role role) noexcept;

/// Whether what other trades have added to an original matters to a trade of that role.
[[nodiscard]] bool minds_added(trade_role role) noexcept;

/// Whether a trade of that role must meet its original in the open batch, where that is counted: what a batch has
/// been settled with is neither undone nor added to.
[[nodiscard]] bool is_of_one_batch(trade_role role) noexcept;

/// What the terminal is set to, and where it stands now.
struct taking_rules {
    taking_limits limits;
    std::uint32_t batch; ///< the open one
    std::chrono::system_clock::time_point now;
    std::chrono::days reserved_for{0}; ///< that a reservation may be completed; 0: as long as the host lets it be
};

enum class taking : std::uint8_t {
    fits,
    not_standing, ///< the original was not approved, or is undone, or its batch is closed
    expired,      ///< the reservation is too old
    too_much,     ///< more than is left, or in another currency
};

/// Whether a trade of that row may take `total` of `original` as it stands now.
[[nodiscard]] taking taking_of(const trade_row& row, const amount& total, const ports::journal_record& original,
    const original_sums& sums, const taking_rules& rules) noexcept;

/// What has certainly gone back of an original.
/// @param given all that has or may have (`sums::given_back`). @param open the terminal's records that are not
/// decided.
[[nodiscard]] amount surely_given_back(
    std::uint64_t original, const amount& given, std::span<const ports::journal_record> open) noexcept;

/// Whether nothing is left of what was approved.
[[nodiscard]] bool all_given_back(const amount& approved, const amount& back) noexcept;

} // namespace cipherlane::ledger
