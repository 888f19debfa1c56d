#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace cipherlane::clearing {

/// Weights of one division add up to no more than this.
inline constexpr std::uint64_t most_weight = 1'000'000;

/// Divides an amount by weights so that the parts add up to it exactly: each part is its share rounded towards zero,
/// and what is left goes, one by one, to those that lost most by it, the first of equals. A negative amount is
/// divided as a positive one.
/// @param weights at least one above 0, together at most `most_weight`.
[[nodiscard]] std::vector<std::int64_t> divide(std::int64_t minor, std::span<const std::uint32_t> weights);

} // namespace cipherlane::clearing
