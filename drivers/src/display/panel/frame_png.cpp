#include <cipherlane/drivers/display/panel/frame_png.hpp>
#include <cipherlane/qr/png.hpp>

namespace cipherlane::drivers {

result<bytes> to_png(const frame& picture) {
    bytes pixels; // low byte first, whatever the host has
    pixels.reserve(picture.pixels().size() * 2);
    for (const auto one : picture.pixels()) {
        pixels.push_back(static_cast<std::uint8_t>(one & 0xFFU));
        pixels.push_back(static_cast<std::uint8_t>(one >> 8U));
    }
    qr::raster_view view;
    view.pixels = pixels;
    view.width = static_cast<std::size_t>(picture.width());
    view.height = static_cast<std::size_t>(picture.height());
    view.stride = view.width * 2;
    view.format = qr::pixel_format::rgb565_le;
    return qr::encode_png(view);
}

} // namespace cipherlane::drivers
