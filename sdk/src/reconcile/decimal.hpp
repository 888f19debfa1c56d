#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace cipherlane::reconcile {

/// Decimals that a number of a statement may have: fees are stated in parts of a fen.
inline constexpr unsigned most_decimals = 5;
inline constexpr std::int64_t decimal_one = 100'000;

/// "-12.34" as 12.34 * -100,000. Nothing where the text is no such number or too large.
[[nodiscard]] std::optional<std::int64_t> parse_decimal(std::string_view text) noexcept;

/// The nth number in a line of words, counted from 1.
[[nodiscard]] std::optional<std::int64_t> nth_decimal(std::string_view line, std::size_t nth) noexcept;

} // namespace cipherlane::reconcile
