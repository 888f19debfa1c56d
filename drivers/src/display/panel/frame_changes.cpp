#include <cipherlane/drivers/display/panel/frame_changes.hpp>

#include <cassert>
#include <limits>

namespace cipherlane::drivers {
namespace {

rectangle around(const rectangle& a, const rectangle& b) noexcept {
    const int left = std::min(a.left, b.left);
    const int top = std::min(a.top, b.top);
    return {left, top, std::max(a.right(), b.right()) - left, std::max(a.bottom(), b.bottom()) - top};
}

/// The changed part of one row; empty if none.
rectangle changed_part(std::span<const colour> before, std::span<const colour> after, int y) noexcept {
    const auto first = std::mismatch(before.begin(), before.end(), after.begin());
    if (first.first == before.end()) return {};
    const auto last = std::mismatch(before.rbegin(), before.rend(), after.rbegin());
    const auto left = static_cast<int>(first.first - before.begin());
    const auto right = static_cast<int>(last.first.base() - before.begin());
    return {left, y, right - left, 1};
}

} // namespace

std::vector<rectangle> changed_rectangles(const frame& before, const frame& after, std::size_t most) {
    assert(before.width() == after.width() && before.height() == after.height() && most > 0);
    std::vector<rectangle> parts;
    for (int y = 0; y < after.height(); ++y) {
        const auto part = changed_part(before.row(y, 0, before.width()), after.row(y, 0, after.width()), y);
        if (part.empty()) continue;
        // Rows of the same extent belong together; so most pictures come down to a few parts at once.
        if (!parts.empty() && parts.back().bottom() == y && parts.back().left == part.left &&
            parts.back().width == part.width) {
            ++parts.back().height;
        } else {
            parts.push_back(part);
        }
    }
    while (parts.size() > most) {
        std::size_t best = 0;
        auto least = std::numeric_limits<std::int64_t>::max();
        for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
            const auto more = around(parts[i], parts[i + 1]).area() - parts[i].area() - parts[i + 1].area();
            if (more < least) {
                least = more;
                best = i;
            }
        }
        parts[best] = around(parts[best], parts[best + 1]);
        parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(best) + 1);
    }
    return parts;
}

} // namespace cipherlane::drivers
