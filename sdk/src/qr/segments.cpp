#include "segments.hpp"

#include <algorithm>
#include <limits>

namespace cipherlane::qr::detail {
namespace {

// Costs are counted in sixths of a bit, so that a digit (10 bits in three) and an alphanumeric character (11 bits in
// two) have whole costs; a segment's end rounds up to whole bits.
constexpr std::size_t sixths = 6;
constexpr std::array<std::size_t, segment_modes> character_cost{20, 33, 48};
constexpr std::size_t mode_bits = 4;
constexpr std::size_t impossible = std::numeric_limits<std::size_t>::max() / 2;

constexpr auto modes_of = [] {
    std::array<std::array<bool, segment_modes>, 256> table{};
    for (auto& row : table)
        row = {false, false, true};
    for (const char c : std::string_view("0123456789"))
        table[static_cast<unsigned char>(c)][0] = true;
    for (const char c : std::string_view("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")) {
        table[static_cast<unsigned char>(c)][1] = true;
    }
    return table;
}();

constexpr std::size_t whole_bits(std::size_t cost) noexcept {
    return (cost + sixths - 1) / sixths * sixths;
}

using costs = std::array<std::size_t, segment_modes>;
/// For one character and each mode after it: the mode in which the character itself stands.
using origins = std::array<std::uint8_t, segment_modes>;

} // namespace

// The shortest path through a small graph: after each character, the least cost of having it end in each mode, where
// a change of mode closes one segment and pays for the head of the next.
segment_cut cut_segments(std::string_view text, const version_class& widths) {
    costs head{};
    for (std::size_t mode = 0; mode < segment_modes; ++mode) {
        head[mode] = (mode_bits + widths.length_bits[mode]) * sixths;
    }
    costs best = head;
    std::vector<origins> from(text.size());
    for (std::size_t at = 0; at < text.size(); ++at) {
        const auto& allowed = modes_of[static_cast<unsigned char>(text[at])];
        costs after{};
        for (std::size_t mode = 0; mode < segment_modes; ++mode) {
            after[mode] = allowed[mode] ? best[mode] + character_cost[mode] : impossible;
            from[at][mode] = static_cast<std::uint8_t>(mode);
        }
        best = after;
        for (std::size_t to = 0; to < segment_modes; ++to) {
            for (std::size_t mode = 0; mode < segment_modes; ++mode) {
                if (mode == to || after[mode] >= impossible) continue;
                const std::size_t switched = whole_bits(after[mode]) + head[to];
                if (switched < best[to]) {
                    best[to] = switched;
                    from[at][to] = static_cast<std::uint8_t>(mode);
                }
            }
        }
    }

    std::size_t mode = 0;
    for (std::size_t other = 1; other < segment_modes; ++other) {
        if (whole_bits(best[other]) < whole_bits(best[mode])) mode = other;
    }
    segment_cut cut;
    cut.bits = whole_bits(best[mode]) / sixths;
    for (std::size_t at = text.size(); at-- > 0;) {
        mode = from[at][mode];
        if (cut.segments.empty() || cut.segments.back().mode != static_cast<segment_mode>(mode)) {
            cut.segments.push_back({static_cast<segment_mode>(mode), at, 0});
        }
        cut.segments.back().first = at;
        ++cut.segments.back().size;
    }
    std::reverse(cut.segments.begin(), cut.segments.end());
    return cut;
}

} // namespace cipherlane::qr::detail
