#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>

#include <cstddef>
#include <cstdint>

namespace cipherlane::qr {

/// How the pixels of a raster lie in memory.
enum class pixel_format : std::uint8_t {
    bit_dark,  ///< one bit a pixel, highest bit leftmost, set means black
    gray8,     ///< one byte a pixel, 0 is black
    rgb888,    ///< three bytes a pixel
    rgb565_le, ///< two bytes a pixel, low byte first
    rgb565_be, ///< two bytes a pixel, high byte first
};

/// Pixels of a picture; never owns.
struct raster_view {
    byte_view pixels;
    std::size_t width = 0;
    std::size_t height = 0;
    std::size_t stride = 0; ///< bytes from one row to the next
    pixel_format format = pixel_format::gray8;
};

/// Bytes of one row without padding.
[[nodiscard]] std::size_t row_bytes(pixel_format format, std::size_t width) noexcept;

/// The picture as a PNG file in memory (libpng).
/// @return `qr_errc::buffer_too_small` where `pixels` holds less than the rows, `png_failed`.
[[nodiscard]] result<bytes> encode_png(const raster_view& picture);

/// A picture read back: `gray8`, stride equal to width.
struct gray_picture {
    std::size_t width = 0;
    std::size_t height = 0;
    bytes pixels;
};

/// Any PNG as grey, alpha on white ground.
/// @param most_pixels refuses larger pictures before any memory is taken for them.
/// @return `qr_errc::not_png`.
[[nodiscard]] result<gray_picture> decode_png(byte_view file, std::size_t most_pixels = 64'000'000);

} // namespace cipherlane::qr
