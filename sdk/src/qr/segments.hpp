#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace cipherlane::qr::detail {

enum class segment_mode : std::uint8_t { numeric, alphanumeric, byte };
inline constexpr std::size_t segment_modes = 3;

/// Versions that share the widths of the length fields (ISO/IEC 18004:2015, table 3).
struct version_class {
    int first_version;
    int last_version;
    std::array<std::size_t, segment_modes> length_bits; // numeric, alphanumeric, byte
};

inline constexpr std::array version_classes{
    version_class{1, 9, {10, 9, 8}},
    version_class{10, 26, {12, 11, 16}},
    version_class{27, 40, {14, 13, 16}},
};

struct segment {
    segment_mode mode;
    std::size_t first; // byte of the text
    std::size_t size;
};

struct segment_cut {
    std::vector<segment> segments;
    std::size_t bits = 0; // mode and length fields included
};

/// Cuts a text into the segments that take the fewest bits in the symbols of a class.
[[nodiscard]] segment_cut cut_segments(std::string_view text, const version_class& widths);

} // namespace cipherlane::qr::detail
