#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/qr/module_matrix.hpp>

#include <cstdint>

namespace cipherlane::qr::detail {

inline constexpr unsigned masks = 8;

/// Draws a symbol: function patterns, codewords, and the mask whose result the rules of ISO/IEC 18004:2015, 7.8.3
/// like best. `level` 0 to 3 for L, M, Q, H; `codewords` as `make_codewords` gives them.
///
/// Rows and columns are kept as words of bits, so that a mask is judged by a few operations a line. libqrencode
/// judges module by module and takes most of its time for it.
void draw_symbol(int version, std::size_t level, byte_view codewords, module_matrix& out) noexcept;

/// The same with a mask that is given, 0 to 7.
void draw_symbol(int version, std::size_t level, byte_view codewords, unsigned mask, module_matrix& out) noexcept;

} // namespace cipherlane::qr::detail
