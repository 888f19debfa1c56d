#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/qr/module_matrix.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace cipherlane::qr {

/// Light modules around every symbol (ISO/IEC 18004, 5.3.8). Forced in every picture: without it, readers fail.
inline constexpr std::size_t quiet_zone = 4;

/// Part of a picture, in pixels.
struct pixel_area {
    std::size_t left = 0;
    std::size_t top = 0;
    std::size_t width = 0;
    std::size_t height = 0;
};

/// Where a symbol comes to lie: `scale` pixels a module, the first module (without quiet zone) at `left`, `top`.
struct placement {
    std::size_t scale = 0;
    std::size_t left = 0;
    std::size_t top = 0;
};

/// The largest whole number of pixels a module at which the symbol and its quiet zone fit, centred.
/// @return `qr_errc::does_not_fit` where that is less than one.
[[nodiscard]] result<placement> fit(const module_matrix& modules, const pixel_area& area);

/// What a set bit of a one-bit picture means on the device: ink and LCD segments are dark, OLED pixels are light.
/// Either way dark modules come out dark.
enum class bit_means : std::uint8_t { dark, light };

/// A picture of one bit a pixel: rows of whole bytes, leftmost pixel in the highest bit (as ESC/POS raster has it).
struct bit_picture {
    std::size_t width = 0;
    std::size_t height = 0;
    std::size_t stride = 0; ///< bytes a row
    bytes rows;
};

/// A picture of exactly `width` x `height` pixels with the symbol as large as it can be, centred on light ground.
/// @return `qr_errc::does_not_fit`.
[[nodiscard]] result<bit_picture> render_bits(
    const module_matrix& modules, std::size_t width, std::size_t height, bit_means set = bit_means::dark);

/// As above into `rows` (`height` rows of `(width + 7) / 8` bytes). Allocates nothing.
/// @return `qr_errc::does_not_fit`, `buffer_too_small`.
[[nodiscard]] result<placement> render_bits(
    const module_matrix& modules, std::size_t width, std::size_t height, bit_means set, byte_span rows);

/// Draws the symbol into `area` of a RGB565 frame with `stride` pixels a row: white ground over the whole area, black
/// modules, as large as can be, centred. Pixels are in the host's byte order; allocates nothing.
/// @return `qr_errc::does_not_fit`; `buffer_too_small` where the area is not inside `pixels`.
[[nodiscard]] result<placement> draw_rgb565(
    const module_matrix& modules, std::span<std::uint16_t> pixels, std::size_t stride, const pixel_area& area);

/// A PNG picture, one bit a pixel, `scale` pixels a module, quiet zone included.
/// @return `qr_errc::does_not_fit` for scale 0 or above 64, `png_failed`.
[[nodiscard]] result<bytes> render_png(const module_matrix& modules, std::size_t scale = 8);

/// Colours of a terminal picture.
enum class terminal_colours : std::uint8_t {
    ansi,  ///< black on white by escape sequences: right on any terminal
    plain, ///< no escape sequences; light is drawn as full blocks, right on a dark terminal
};

/// Lines of half blocks (two modules a character cell, UTF-8), quiet zone included.
[[nodiscard]] std::string render_terminal(
    const module_matrix& modules, terminal_colours colours = terminal_colours::ansi);

} // namespace cipherlane::qr
