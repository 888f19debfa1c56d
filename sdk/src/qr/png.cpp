#include <cipherlane/qr/errc.hpp>
#include <cipherlane/qr/png.hpp>

#include <array>
#include <limits>
#include <png.h>

namespace cipherlane::qr {
namespace {

constexpr std::size_t largest_side = 32'768;

error refuse(qr_errc why, std::string_view operation) {
    return error(why, layer::qr).during(operation);
}

/// 5 or 6 bits spread over 8, so that full stays full.
std::uint8_t spread(unsigned value, unsigned bits) noexcept {
    return static_cast<std::uint8_t>((value << (8 - bits)) | (value >> (2 * bits - 8)));
}

void expand_bits(byte_view row, byte_span out) noexcept {
    for (std::size_t x = 0; x < out.size(); ++x)
        out[x] = (row[x / 8] >> (7 - x % 8)) & 1U;
}

void expand_565(byte_view row, std::size_t high, byte_span out) noexcept {
    for (std::size_t x = 0; x < out.size() / 3; ++x) {
        const unsigned pixel = (unsigned{row[2 * x + high]} << 8U) | row[2 * x + 1 - high];
        out[3 * x] = spread(pixel >> 11U, 5);
        out[3 * x + 1] = spread((pixel >> 5U) & 0x3FU, 6);
        out[3 * x + 2] = spread(pixel & 0x1FU, 5);
    }
}

/// What libpng's simplified interface is handed: rows without padding, a byte a sample.
struct samples {
    bytes pixels;
    png_uint_32 format;
    std::size_t per_pixel;
};

samples unpack(const raster_view& picture) {
    const bool bits = picture.format == pixel_format::bit_dark;
    const bool gray = picture.format == pixel_format::gray8;
    samples made;
    made.per_pixel = bits || gray ? 1 : 3;
    made.format = bits ? static_cast<png_uint_32>(PNG_FORMAT_RGB_COLORMAP)
                       : static_cast<png_uint_32>(gray ? PNG_FORMAT_GRAY : PNG_FORMAT_RGB);
    const std::size_t line = picture.width * made.per_pixel;
    made.pixels.resize(line * picture.height);
    for (std::size_t y = 0; y < picture.height; ++y) {
        const auto row = picture.pixels.subspan(y * picture.stride, row_bytes(picture.format, picture.width));
        const auto out = byte_span(made.pixels).subspan(y * line, line);
        switch (picture.format) {
        case pixel_format::bit_dark: expand_bits(row, out); break;
        case pixel_format::rgb565_le: expand_565(row, 1, out); break;
        case pixel_format::rgb565_be: expand_565(row, 0, out); break;
        case pixel_format::gray8:
        case pixel_format::rgb888: std::copy(row.begin(), row.end(), out.begin()); break;
        }
    }
    return made;
}

} // namespace

std::size_t row_bytes(pixel_format format, std::size_t width) noexcept {
    switch (format) {
    case pixel_format::bit_dark: return (width + 7) / 8;
    case pixel_format::gray8: return width;
    case pixel_format::rgb888: return 3 * width;
    case pixel_format::rgb565_le:
    case pixel_format::rgb565_be: break;
    }
    return 2 * width;
}

result<bytes> encode_png(const raster_view& picture) {
    if (picture.width == 0 || picture.height == 0 || picture.width > largest_side || picture.height > largest_side) {
        return refuse(qr_errc::png_failed, "write PNG");
    }
    const std::size_t line = row_bytes(picture.format, picture.width);
    if (picture.stride < line || picture.pixels.size() < line ||
        (picture.pixels.size() - line) / picture.stride < picture.height - 1) {
        return refuse(qr_errc::buffer_too_small, "write PNG");
    }
    const samples source = unpack(picture);
    constexpr std::array<std::uint8_t, 6> white_and_black{255, 255, 255, 0, 0, 0};
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    image.width = static_cast<png_uint_32>(picture.width);
    image.height = static_cast<png_uint_32>(picture.height);
    image.format = source.format;
    image.colormap_entries = picture.format == pixel_format::bit_dark ? 2 : 0;
    png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
    bytes file(size);
    const int written = png_image_write_to_memory(&image, file.data(), &size, 0, source.pixels.data(),
        static_cast<png_int_32>(picture.width * source.per_pixel), white_and_black.data());
    png_image_free(&image);
    if (written == 0) return refuse(qr_errc::png_failed, "write PNG");
    file.resize(size);
    return file;
}

result<gray_picture> decode_png(byte_view file, std::size_t most_pixels) {
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    if (png_image_begin_read_from_memory(&image, file.data(), file.size()) == 0) {
        return refuse(qr_errc::not_png, "read PNG");
    }
    gray_picture picture{image.width, image.height, {}};
    if (picture.width > largest_side || picture.height > largest_side ||
        picture.width * picture.height > most_pixels) {
        png_image_free(&image);
        return refuse(qr_errc::not_png, "read PNG");
    }
    image.format = PNG_FORMAT_GRAY;
    picture.pixels.resize(picture.width * picture.height);
    const png_color white{255, 255, 255};
    const int done =
        png_image_finish_read(&image, &white, picture.pixels.data(), static_cast<png_int_32>(picture.width), nullptr);
    png_image_free(&image);
    if (done == 0) return refuse(qr_errc::not_png, "read PNG");
    return picture;
}

} // namespace cipherlane::qr
