#include <cipherlane/monitor/expectation.hpp>

#include <algorithm>
#include <cmath>

namespace cipherlane::monitor {
namespace {

double median(std::vector<double> values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    if (values.size() % 2 != 0) return *middle;
    return (*middle + *std::max_element(values.begin(), middle)) / 2;
}

} // namespace

double expected(std::span<const std::uint32_t> values) {
    if (values.empty()) return 0;
    const auto middle = median({values.begin(), values.end()});
    std::vector<double> distances;
    for (const auto value : values)
        distances.push_back(std::abs(value - middle));
    const auto far = 3 * std::max(1.4826 * median(distances), std::sqrt(std::max(middle, 1.0)));
    double sum = 0;
    std::size_t count = 0;
    for (const auto value : values) {
        if (std::abs(value - middle) > far) continue;
        sum += value;
        ++count;
    }
    return sum / static_cast<double>(count); // at least half of the values are no further than the median distance
}

std::array<double, hours_of_day> expected_day(std::span<const hourly> days) {
    std::array<double, hours_of_day> made{};
    std::vector<std::uint32_t> values(days.size());
    for (std::size_t hour = 0; hour < hours_of_day; ++hour) {
        for (std::size_t i = 0; i < days.size(); ++i)
            values[i] = days[i][hour];
        made[hour] = expected(values);
    }
    return made;
}

double expected_between(const std::array<double, hours_of_day>& day, unsigned first_minute, unsigned last_minute) {
    double sum = 0;
    for (auto minute = first_minute; minute < last_minute; ++minute)
        sum += day[minute / 60] / 60;
    return sum;
}

} // namespace cipherlane::monitor
