#pragma once

#include <cipherlane/core/amount.hpp>
#include <cipherlane/ports/journal_record.hpp>

#include <cstdint>
#include <span>

namespace cipherlane::ledger {

/// How much a card may approve by itself before the host has been told of it.
struct offline_limits {
    std::int64_t most_each_minor = 0;
    std::int64_t most_together_minor = 0;
    std::uint32_t most_records = 0;
};

/// Whether one more approval of a card by itself keeps the limits, beside those that the host has not taken yet.
/// @param stored the terminal's records that go out again; those of another kind are passed over.
[[nodiscard]] bool fits_offline(
    const amount& total, std::span<const ports::journal_record> stored, const offline_limits& limits) noexcept;

} // namespace cipherlane::ledger
