#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace cipherlane::monitor {

inline constexpr std::size_t hours_of_day = 24;

/// Payments of a day, by hour.
using hourly = std::array<std::uint32_t, hours_of_day>;

/// What an hour of several days is expected to be: their mean without outliers. An outlier is further from the median
/// than three times the usual distance (1.4826 times the median of the distances, which is the standard deviation of
/// a normal distribution) and than three times the root of the median, which chance alone makes.
/// @return 0 for no values
[[nodiscard]] double expected(std::span<const std::uint32_t> values);

/// The same for each hour of days that are alike.
[[nodiscard]] std::array<double, hours_of_day> expected_day(std::span<const hourly> days);

/// What is expected from one minute of the day to another; within an hour the rate is the same, so that a shop that
/// opens or closes on the hour is expected to.
[[nodiscard]] double expected_between(
    const std::array<double, hours_of_day>& day, unsigned first_minute, unsigned last_minute);

} // namespace cipherlane::monitor
