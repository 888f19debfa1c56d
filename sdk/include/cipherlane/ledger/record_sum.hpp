#pragma once

#include <cipherlane/core/amount.hpp>
#include <cipherlane/ledger/record_set.hpp>

#include <algorithm>
#include <cstdint>
#include <span>

namespace cipherlane::ledger {

/// One of a record's amounts.
enum class record_amount : std::uint8_t { requested, approved };

[[nodiscard]] constexpr amount amount_of(const ports::journal_record& record, record_amount which) noexcept {
    return which == record_amount::requested ? record.requested : record.approved;
}

/// A sum over records: which of them, and which of their amounts. As data, so that a store makes its question from it
/// (`sql_sum`) instead of writing the rule again.
struct record_sum {
    record_amount what;
    std::span<const record_set> which; ///< a record that is in one of them

    [[nodiscard]] constexpr bool contains(const ports::journal_record& record) const noexcept {
        return std::any_of(which.begin(), which.end(), [&](const record_set& one) { return one.contains(record); });
    }
    /// What a record adds, in minor units; nothing where it is not of the sum.
    [[nodiscard]] constexpr std::int64_t part_of(const ports::journal_record& record) const noexcept {
        return contains(record) ? amount_of(record, what).minor() : 0;
    }
};

/// What a store is asked for. Whose followers they are, is said with the question.
namespace sums {
/// What has gone back of an original, or may have.
inline constexpr record_sum given_back{record_amount::requested, records::takes_room};
/// What was taken with an original later, or may have been.
inline constexpr record_sum added{record_amount::requested, std::span(&records::adds_more, 1)};
/// What counts in a batch, by kind and state; how a kind counts says its row (`add`).
inline constexpr record_sum of_batch{record_amount::approved, std::span(&records::counted, 1)};
} // namespace sums

} // namespace cipherlane::ledger
