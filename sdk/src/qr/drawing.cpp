#include "drawing.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdlib>

namespace cipherlane::qr::detail {
namespace {

constexpr std::size_t words = module_matrix::words_per_row;
constexpr std::size_t most = module_matrix::max_size;

/// Up to 192 modules of a row or a column; the first is the lowest bit.
template <std::size_t N>
struct line {
    std::array<std::uint64_t, N> word{};

    /// Each module becomes the one `count` places further on (1 to 63).
    [[nodiscard]] line ahead(unsigned count) const noexcept {
        line moved;
        for (std::size_t i = 0; i < N; ++i)
            moved.word[i] = word[i] >> count | (i + 1 < N ? word[i + 1] << (64 - count) : 0);
        return moved;
    }
    /// The one `count` places before.
    [[nodiscard]] line behind(unsigned count) const noexcept {
        line moved;
        for (std::size_t i = 0; i < N; ++i)
            moved.word[i] = word[i] << count | (i > 0 ? word[i - 1] >> (64 - count) : 0);
        return moved;
    }
    [[nodiscard]] int count() const noexcept {
        int sum = 0;
        for (const auto each : word)
            sum += std::popcount(each);
        return sum;
    }
    friend line operator&(line a, const line& b) noexcept {
        for (std::size_t i = 0; i < N; ++i)
            a.word[i] &= b.word[i];
        return a;
    }
    friend line operator|(line a, const line& b) noexcept {
        for (std::size_t i = 0; i < N; ++i)
            a.word[i] |= b.word[i];
        return a;
    }
    friend line operator^(line a, const line& b) noexcept {
        for (std::size_t i = 0; i < N; ++i)
            a.word[i] ^= b.word[i];
        return a;
    }
    friend line operator~(line a) noexcept {
        for (auto& each : a.word)
            each = ~each;
        return a;
    }
};

/// The first `count` modules.
template <std::size_t N>
line<N> first_modules(std::size_t count) noexcept {
    line<N> made;
    for (std::size_t i = 0; i < N; ++i) {
        const std::size_t left = count > 64 * i ? count - 64 * i : 0;
        made.word[i] = left >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << left) - 1;
    }
    return made;
}

/// Whether a mask turns the module in row `y` and column `x` (7.8.2, table 10).
constexpr bool turns(unsigned mask, std::size_t y, std::size_t x) noexcept {
    switch (mask) {
    case 0: return (y + x) % 2 == 0;
    case 1: return y % 2 == 0;
    case 2: return x % 3 == 0;
    case 3: return (y + x) % 3 == 0;
    case 4: return (y / 2 + x / 3) % 2 == 0;
    case 5: return y * x % 2 + y * x % 3 == 0;
    case 6: return (y * x % 2 + y * x % 3) % 2 == 0;
    default: return ((y + x) % 2 + y * x % 3) % 2 == 0;
    }
}

constexpr std::size_t period = 12; // after as many rows or columns, every mask repeats
using mask_lines = std::array<std::array<std::array<std::uint64_t, words>, period>, masks>;

constexpr mask_lines make_mask_lines(bool rows) {
    mask_lines made{};
    for (unsigned mask = 0; mask < masks; ++mask) {
        for (std::size_t at = 0; at < period; ++at) {
            for (std::size_t i = 0; i < most; ++i) {
                if (rows ? turns(mask, at, i) : turns(mask, i, at)) {
                    made[mask][at][i / 64] |= std::uint64_t{1} << (i % 64);
                }
            }
        }
    }
    return made;
}

constexpr mask_lines mask_rows = make_mask_lines(true);
constexpr mask_lines mask_columns = make_mask_lines(false);

/// The remainder of a value behind which `bits` zeros stand, for the codes of format and version (annexes C and D).
constexpr unsigned remainder_of(unsigned value, unsigned generator, unsigned bits) noexcept {
    unsigned rest = value << bits;
    const auto width = static_cast<unsigned>(std::bit_width(generator));
    while (static_cast<unsigned>(std::bit_width(rest)) >= width) {
        rest ^= generator << (static_cast<unsigned>(std::bit_width(rest)) - width);
    }
    return rest;
}

constexpr unsigned format_bits(std::size_t level, unsigned mask) noexcept {
    constexpr std::array<unsigned, 4> codes{1, 0, 3, 2}; // L, M, Q, H
    const unsigned data = codes[level] << 3U | mask;
    return (data << 10U | remainder_of(data, 0x537, 10)) ^ 0x5412U;
}

/// A symbol of versions whose side fits into N words.
template <std::size_t N>
class drawing {
  public:
    explicit drawing(int version) noexcept
        : version_(static_cast<std::size_t>(version))
        , size_(17 + 4 * version_) {}

    void draw(byte_view codewords) noexcept {
        functions();
        place(codewords);
    }

    /// Puts the mask and what names it into the lines; taken away by putting it a second time.
    void put_mask(std::size_t level, unsigned mask) noexcept {
        for (std::size_t i = 0; i < size_; ++i) {
            row_[i] = row_[i] ^ (free_row_[i] & from(mask_rows[mask][i % period]));
            column_[i] = column_[i] ^ (free_column_[i] & from(mask_columns[mask][i % period]));
        }
        format(format_bits(level, mask));
    }

    /// Penalty points (7.8.3.1, table 11).
    [[nodiscard]] int points() const noexcept {
        int sum = 0;
        int dark = 0;
        for (std::size_t i = 0; i < size_; ++i) {
            sum += line_points(row_[i]) + line_points(column_[i]);
            dark += row_[i].count();
        }
        for (std::size_t y = 0; y + 1 < size_; ++y) {
            const auto& a = row_[y];
            const auto& b = row_[y + 1];
            const auto differs = (a ^ b) | (a ^ a.ahead(1)) | (a ^ b.ahead(1));
            sum += 3 * (~differs & first_modules<N>(size_ - 1)).count();
        }
        const int total = static_cast<int>(size_ * size_);
        // Whole steps of five percent away from one half.
        return sum + 10 * (std::abs(20 * dark - 10 * total) / total);
    }

    void copy(module_matrix& out) const noexcept {
        for (std::size_t y = 0; y < size_; ++y) {
            for (std::size_t i = 0; i < N; ++i) {
                for (std::uint64_t left = row_[y].word[i]; left != 0; left &= left - 1) {
                    out.set_dark(64 * i + static_cast<std::size_t>(std::countr_zero(left)), y);
                }
            }
        }
    }

  private:
    static line<N> from(const std::array<std::uint64_t, words>& all) noexcept {
        line<N> made;
        std::copy_n(all.begin(), N, made.word.begin());
        return made;
    }

    /// Runs of five and more, and what looks like a finder with light beside it.
    [[nodiscard]] int line_points(const line<N>& x) const noexcept {
        const auto same = ~(x ^ x.ahead(1)) & first_modules<N>(size_ - 1);
        const auto runs = same & same.ahead(1) & same.ahead(2) & same.ahead(3); // begins of five alike
        const int lengths = runs.count();
        const int begins = (runs & ~runs.behind(1)).count();
        const auto finder = x & ~x.ahead(1) & x.ahead(2) & x.ahead(3) & x.ahead(4) & ~x.ahead(5) & x.ahead(6);
        const auto before = x.behind(1) | x.behind(2) | x.behind(3) | x.behind(4);
        const auto after = x.ahead(7) | x.ahead(8) | x.ahead(9) | x.ahead(10);
        return lengths + 2 * begins + 40 * (finder & ~(before & after)).count();
    }

    static void put(line<N>& to, std::size_t at, bool dark) noexcept {
        const auto bit = std::uint64_t{1} << (at % 64);
        to.word[at / 64] = dark ? to.word[at / 64] | bit : to.word[at / 64] & ~bit;
    }
    void set(std::size_t x, std::size_t y, bool dark) noexcept {
        put(row_[y], x, dark);
        put(column_[x], y, dark);
    }
    /// A module that no codeword takes and no mask turns.
    void fix(std::size_t x, std::size_t y, bool dark) noexcept {
        set(x, y, dark);
        put(free_row_[y], x, false);
        put(free_column_[x], y, false);
    }

    /// A finder with its separator, as far as it is inside.
    void finder(std::size_t left, std::size_t top) noexcept {
        for (std::size_t y = top == 0 ? 0 : top - 1; y < std::min(top + 8, size_); ++y) {
            for (std::size_t x = left == 0 ? 0 : left - 1; x < std::min(left + 8, size_); ++x) {
                const bool inside = x >= left && x < left + 7 && y >= top && y < top + 7;
                const bool rim = inside && (x == left || x == left + 6 || y == top || y == top + 6);
                const bool heart = x >= left + 2 && x <= left + 4 && y >= top + 2 && y <= top + 4;
                fix(x, y, rim || heart);
            }
        }
    }

    void alignment(std::size_t centre_x, std::size_t centre_y) noexcept {
        for (std::size_t y = 0; y < 5; ++y) {
            for (std::size_t x = 0; x < 5; ++x) {
                const bool rim = x == 0 || x == 4 || y == 0 || y == 4;
                fix(centre_x + x - 2, centre_y + y - 2, rim || (x == 2 && y == 2));
            }
        }
    }

    void alignments() noexcept {
        if (version_ == 1) return;
        const std::size_t count = version_ / 7 + 2;
        // Even steps from the far end, as annex E has them; version 32 alone does not follow the rule.
        const std::size_t step = version_ == 32 ? 26 : (version_ * 4 + count * 2 + 1) / (count * 2 - 2) * 2;
        const auto centre = [&](std::size_t i) { return i == 0 ? 6 : size_ - 7 - (count - 1 - i) * step; };
        for (std::size_t i = 0; i < count; ++i) {
            for (std::size_t j = 0; j < count; ++j) {
                const bool at_finder = (i == 0 && j == 0) || (i == 0 && j == count - 1) || (i == count - 1 && j == 0);
                if (!at_finder) alignment(centre(i), centre(j));
            }
        }
    }

    void version_blocks() noexcept {
        if (version_ < 7) return;
        const auto value = static_cast<unsigned>(version_);
        const unsigned bits = value << 12U | remainder_of(value, 0x1F25, 12);
        for (std::size_t i = 0; i < 18; ++i) {
            const bool dark = (bits >> i & 1U) != 0;
            fix(size_ - 11 + i % 3, i / 3, dark);
            fix(i / 3, size_ - 11 + i % 3, dark);
        }
    }

    void functions() noexcept {
        for (std::size_t i = 0; i < size_; ++i)
            free_row_[i] = free_column_[i] = first_modules<N>(size_);
        for (std::size_t i = 0; i < size_; ++i) {
            fix(i, 6, i % 2 == 0);
            fix(6, i, i % 2 == 0);
        }
        finder(0, 0);
        finder(size_ - 7, 0);
        finder(0, size_ - 7);
        alignments();
        version_blocks();
        for_format([&](std::size_t x, std::size_t y, unsigned) { fix(x, y, false); });
        fix(8, size_ - 8, true);
    }

    /// Both places of each of the fifteen bits (7.9.1, figure 25).
    template <class Use>
    void for_format(Use use) noexcept {
        for (unsigned bit = 0; bit < 15; ++bit) {
            const std::size_t i = bit;
            // Down the column beside the upper left finder and along its row, past the timing patterns.
            if (i < 8) {
                use(8, i < 6 ? i : i + 1, bit);
                use(size_ - 1 - i, 8, bit);
            } else {
                use(i == 8 ? 7 : 14 - i, 8, bit);
                use(8, size_ - 15 + i, bit);
            }
        }
    }

    void format(unsigned bits) noexcept {
        for_format([&](std::size_t x, std::size_t y, unsigned bit) { set(x, y, (bits >> bit & 1U) != 0); });
    }

    /// In pairs of columns from the right, upwards and downwards in turn; the timing column is left out (7.7.3).
    void place(byte_view codewords) noexcept {
        std::size_t bit = 0;
        const std::size_t bits = 8 * codewords.size();
        bool up = true;
        for (std::size_t right = size_ - 1; right < size_; right -= 2, up = !up) {
            if (right == 6) right = 5;
            for (std::size_t step = 0; step < size_; ++step) {
                const std::size_t y = up ? size_ - 1 - step : step;
                for (std::size_t x = right; x + 2 > right; --x) {
                    if ((free_row_[y].word[x / 64] >> (x % 64) & 1U) == 0) continue;
                    // What the codewords leave over stays light.
                    if (bit < bits && (codewords[bit / 8] >> (7 - bit % 8) & 1U) != 0) set(x, y, true);
                    ++bit;
                    if (x == 0) break;
                }
            }
            if (right < 2) break;
        }
    }

    std::size_t version_;
    std::size_t size_;
    std::array<line<N>, most> row_{};
    std::array<line<N>, most> column_{};
    std::array<line<N>, most> free_row_{};
    std::array<line<N>, most> free_column_{};
};

template <std::size_t N>
void draw_best(int version, std::size_t level, byte_view codewords, module_matrix& out) noexcept {
    drawing<N> symbol(version);
    symbol.draw(codewords);
    unsigned best = 0;
    int least = 0;
    for (unsigned mask = 0; mask < masks; ++mask) {
        symbol.put_mask(level, mask);
        const int points = symbol.points();
        if (mask == 0 || points < least) {
            best = mask;
            least = points;
        }
        symbol.put_mask(level, mask);
    }
    symbol.put_mask(level, best);
    symbol.copy(out);
}

template <std::size_t N>
void draw_with(int version, std::size_t level, byte_view codewords, unsigned mask, module_matrix& out) noexcept {
    drawing<N> symbol(version);
    symbol.draw(codewords);
    symbol.put_mask(level, mask);
    symbol.copy(out);
}

constexpr int last_of_one_word = 11;  // 61 modules
constexpr int last_of_two_words = 27; // 125 modules

} // namespace

void draw_symbol(int version, std::size_t level, byte_view codewords, module_matrix& out) noexcept {
    if (version <= last_of_one_word) return draw_best<1>(version, level, codewords, out);
    if (version <= last_of_two_words) return draw_best<2>(version, level, codewords, out);
    return draw_best<3>(version, level, codewords, out);
}

void draw_symbol(int version, std::size_t level, byte_view codewords, unsigned mask, module_matrix& out) noexcept {
    if (version <= last_of_one_word) return draw_with<1>(version, level, codewords, mask, out);
    if (version <= last_of_two_words) return draw_with<2>(version, level, codewords, mask, out);
    return draw_with<3>(version, level, codewords, mask, out);
}

} // namespace cipherlane::qr::detail
