#include <cipherlane/clearing/largest_remainder.hpp>

#include <algorithm>
#include <cassert>
#include <numeric>

namespace cipherlane::clearing {

std::vector<std::int64_t> divide(std::int64_t minor, std::span<const std::uint32_t> weights) {
    const auto all = std::accumulate(weights.begin(), weights.end(), std::int64_t{0});
    assert(all > 0 && all <= static_cast<std::int64_t>(most_weight));
    const auto total = minor < 0 ? -minor : minor;
    std::vector<std::int64_t> parts(weights.size());
    std::vector<std::int64_t> lost(weights.size());
    auto left = total;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        // In two steps, so that no product is beyond 64 bits whatever the amount.
        const auto weight = static_cast<std::int64_t>(weights[i]);
        const auto whole = total / all;
        const auto rest = total % all;
        parts[i] = whole * weight + rest * weight / all;
        lost[i] = rest * weight % all;
        left -= parts[i];
    }
    std::vector<std::size_t> order(weights.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return lost[a] > lost[b]; });
    for (std::size_t i = 0; left > 0; ++i, --left)
        ++parts[order[i]];
    if (minor < 0) {
        for (auto& part : parts)
            part = -part;
    }
    return parts;
}

} // namespace cipherlane::clearing
