#include "codewords.hpp"

#include <algorithm>
#include <array>
#include <cassert>

namespace cipherlane::qr::detail {
namespace {

constexpr std::size_t levels = 4;
constexpr std::size_t longest_correction = 30;

using per_version = std::array<std::uint8_t, highest_version>;

// ISO/IEC 18004:2015, table 9, at levels L, M, Q, H.
constexpr std::array<per_version, levels> correction_per_block{{
    {7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28, 28, 28, 30, 30, 26, 28, 30, 30,
        30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30},
    {10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26, 26, 28, 28, 28, 28, 28, 28, 28,
        28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28},
    {13, 22, 18, 26, 18, 24, 18, 22, 20, 24, 28, 26, 24, 20, 30, 24, 28, 28, 26, 30, 28, 30, 30, 30, 30, 28, 30, 30,
        30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30},
    {17, 28, 22, 16, 22, 28, 26, 26, 24, 28, 24, 28, 22, 24, 24, 30, 28, 28, 26, 28, 30, 24, 30, 30, 30, 30, 30, 30,
        30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30},
}};
constexpr std::array<per_version, levels> blocks{{
    {1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8, 8, 9, 9, 10, 12, 12, 12, 13, 14, 15, 16, 17, 18, 19,
        19, 20, 21, 22, 24, 25},
    {1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16, 17, 17, 18, 20, 21, 23, 25, 26, 28, 29, 31, 33,
        35, 37, 38, 40, 43, 45, 47, 49},
    {1, 1, 2, 2, 4, 4, 6, 6, 8, 8, 8, 10, 12, 16, 12, 17, 16, 18, 21, 20, 23, 23, 25, 27, 29, 34, 34, 35, 38, 40, 43,
        45, 48, 51, 53, 56, 59, 62, 65, 68},
    {1, 1, 2, 4, 4, 4, 5, 6, 8, 8, 11, 11, 16, 16, 18, 16, 19, 21, 25, 25, 25, 34, 30, 32, 35, 37, 40, 42, 45, 48, 51,
        54, 57, 60, 63, 66, 70, 74, 77, 81},
}};

/// Modules that carry codewords, counted out of the square: finders, timing, alignment, format and version taken off.
constexpr std::size_t total_of(std::size_t version) noexcept {
    std::size_t modules = (16 * version + 128) * version + 64;
    if (version >= 2) {
        const std::size_t alignments = version / 7 + 2;
        modules -= (25 * alignments - 10) * alignments - 55;
    }
    if (version >= 7) modules -= 36;
    return modules / 8;
}

// The field of 256 elements with the polynomial x^8 + x^4 + x^3 + x^2 + 1 (7.5.2).
struct field_tables {
    std::array<std::uint8_t, 512> power{}; // twice, so that sums of logarithms need no reduction
    std::array<std::uint8_t, 256> log{};
};
constexpr field_tables field = [] {
    field_tables made;
    unsigned value = 1;
    for (std::size_t i = 0; i < 255; ++i) {
        made.power[i] = made.power[i + 255] = static_cast<std::uint8_t>(value);
        made.log[value] = static_cast<std::uint8_t>(i);
        value <<= 1U;
        if (value > 255) value ^= 0x11DU;
    }
    return made;
}();

/// Logarithms of the generator polynomial's coefficients below the first, which is 1, for each count of codewords.
constexpr auto generators = [] {
    std::array<std::array<std::uint8_t, longest_correction>, longest_correction + 1> made{};
    // One root more at a time: times (x - 2^root).
    std::array<unsigned, longest_correction + 1> coefficients{1};
    for (std::size_t degree = 1; degree <= longest_correction; ++degree) {
        for (std::size_t i = degree; i > 0; --i) {
            const unsigned below = coefficients[i - 1];
            if (below != 0) coefficients[i] ^= field.power[field.log[below] + degree - 1];
        }
        for (std::size_t i = 0; i < degree; ++i)
            made[degree][i] = field.log[coefficients[i + 1]];
    }
    return made;
}();

void correct(byte_view data, byte_span out) noexcept {
    const auto& generator = generators[out.size()];
    std::fill(out.begin(), out.end(), std::uint8_t{0});
    for (const auto byte : data) {
        const unsigned factor = byte ^ out[0];
        std::copy(out.begin() + 1, out.end(), out.begin());
        out.back() = 0;
        if (factor == 0) continue;
        const std::size_t log = field.log[factor];
        for (std::size_t i = 0; i < out.size(); ++i)
            out[i] = static_cast<std::uint8_t>(out[i] ^ field.power[log + generator[i]]);
    }
}

class bit_writer {
  public:
    explicit bit_writer(std::size_t bytes)
        : out_(bytes) {}

    void put(std::size_t value, std::size_t count) noexcept {
        assert(size_ + count <= 8 * out_.size());
        for (std::size_t bit = count; bit-- > 0; ++size_) {
            if ((value >> bit & 1U) != 0)
                out_[size_ / 8] = static_cast<std::uint8_t>(out_[size_ / 8] | 0x80U >> size_ % 8);
        }
    }
    /// Terminator, zeros to the end of the byte, and the fill that the standard lays down (7.4.10).
    [[nodiscard]] bytes finish() && noexcept {
        size_ = std::min(size_ + 4, 8 * out_.size());
        std::uint8_t fill = 0xEC;
        for (std::size_t at = (size_ + 7) / 8; at < out_.size(); ++at, fill ^= 0xEC ^ 0x11)
            out_[at] = fill;
        return std::move(out_);
    }

  private:
    bytes out_;
    std::size_t size_ = 0;
};

constexpr auto alphanumeric_value = [] {
    std::array<std::uint8_t, 256> table{};
    std::uint8_t value = 0;
    for (const char c : alphanumeric_characters)
        table[static_cast<unsigned char>(c)] = value++;
    return table;
}();

void put_segment(bit_writer& to, segment_mode mode, std::string_view text) noexcept {
    const auto value = [&](std::size_t i) -> std::size_t {
        const auto c = static_cast<unsigned char>(text[i]);
        return mode == segment_mode::numeric ? c - std::size_t{'0'} : alphanumeric_value[c];
    };
    std::size_t i = 0;
    switch (mode) {
    case segment_mode::numeric:
        for (; i + 3 <= text.size(); i += 3)
            to.put(value(i) * 100 + value(i + 1) * 10 + value(i + 2), 10);
        if (text.size() - i == 2) to.put(value(i) * 10 + value(i + 1), 7);
        if (text.size() - i == 1) to.put(value(i), 4);
        break;
    case segment_mode::alphanumeric:
        for (; i + 2 <= text.size(); i += 2)
            to.put(value(i) * 45 + value(i + 1), 11);
        if (i < text.size()) to.put(value(i), 6);
        break;
    case segment_mode::byte:
        for (const char c : text)
            to.put(static_cast<unsigned char>(c), 8);
    }
}

} // namespace

std::size_t total_codewords(int version) noexcept {
    return total_of(static_cast<std::size_t>(version));
}

std::size_t data_codewords(int version, std::size_t level) noexcept {
    const auto row = static_cast<std::size_t>(version - 1);
    return total_codewords(version) - std::size_t{correction_per_block[level][row]} * blocks[level][row];
}

bytes make_codewords(std::string_view text, std::span<const segment> segments, const version_class& widths,
    int version, std::size_t level) {
    bit_writer bits(data_codewords(version, level));
    for (const auto& each : segments) {
        const auto mode = static_cast<std::size_t>(each.mode);
        bits.put(std::size_t{1} << mode, 4); // mode indicators 0001, 0010, 0100
        bits.put(each.size, widths.length_bits[mode]);
        put_segment(bits, each.mode, text.substr(each.first, each.size));
    }
    const auto data = std::move(bits).finish();

    // The first blocks are one codeword shorter where the data does not divide. Column by column: the blocks' data,
    // then their correction.
    const auto row = static_cast<std::size_t>(version - 1);
    const std::size_t count = blocks[level][row];
    const std::size_t correction = correction_per_block[level][row];
    const std::size_t shorter = data.size() / count;
    const std::size_t short_blocks = count - data.size() % count;
    bytes out(total_codewords(version));
    std::array<std::uint8_t, longest_correction> check{};
    std::size_t at = 0;
    for (std::size_t block = 0; block < count; ++block) {
        const std::size_t size = shorter + (block < short_blocks ? 0 : 1);
        const byte_view part(data.data() + at, size);
        at += size;
        for (std::size_t i = 0; i < size; ++i)
            out[i < shorter ? i * count + block : shorter * count + block - short_blocks] = part[i];
        correct(part, byte_span(check).first(correction));
        for (std::size_t i = 0; i < correction; ++i)
            out[data.size() + i * count + block] = check[i];
    }
    return out;
}

} // namespace cipherlane::qr::detail
