#pragma once

#include "segments.hpp"

#include <cipherlane/core/bytes.hpp>

#include <cstdint>
#include <span>
#include <string_view>

namespace cipherlane::qr::detail {

inline constexpr int highest_version = 40;

/// Codewords of a symbol, data and error correction together (ISO/IEC 18004:2015, table 1).
[[nodiscard]] std::size_t total_codewords(int version) noexcept;
/// Codewords for data; `level` 0 to 3 for L, M, Q, H (table 7).
[[nodiscard]] std::size_t data_codewords(int version, std::size_t level) noexcept;

/// The codewords of a text in the order in which they go into the symbol: segments, terminator and fill, cut into
/// blocks with their error correction, interleaved (7.4 to 7.6). The segments must fit.
[[nodiscard]] bytes make_codewords(std::string_view text, std::span<const segment> segments,
    const version_class& widths, int version, std::size_t level);

} // namespace cipherlane::qr::detail
