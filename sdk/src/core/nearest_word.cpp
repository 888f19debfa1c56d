#include <cipherlane/core/nearest_word.hpp>

#include <algorithm>
#include <array>
#include <numeric>

namespace cipherlane {
namespace {

constexpr std::size_t longest = 64; ///< of a word that is compared

constexpr char lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// Letters to insert, drop, change or exchange with their neighbour (Damerau's distance over adjacent letters).
std::size_t distance(std::string_view a, std::string_view b) {
    using row = std::array<std::size_t, longest + 1>;
    row before{};
    row last{};
    row now{};
    std::iota(last.begin(), last.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        now[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const bool same = lower(a[i - 1]) == lower(b[j - 1]);
            now[j] = std::min({last[j] + 1, now[j - 1] + 1, last[j - 1] + (same ? 0U : 1U)});
            const bool exchanged =
                i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) && lower(a[i - 2]) == lower(b[j - 1]);
            if (exchanged) now[j] = std::min(now[j], before[j - 2] + 1);
        }
        before = last;
        last = now;
    }
    return last[b.size()];
}

} // namespace

std::string_view nearest_word(std::string_view given, std::span<const std::string_view> words) {
    if (given.empty() || given.size() > longest) return {};
    std::string_view best;
    std::size_t least = std::min<std::size_t>(2, given.size() / 2) + 1;
    for (const auto word : words) {
        if (word.empty() || word.size() > longest) continue;
        const auto far = distance(given, word);
        if (far < least) {
            least = far;
            best = word;
        }
    }
    return best;
}

} // namespace cipherlane
