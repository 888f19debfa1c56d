#include "qr/readers.hpp"

#include <cipherlane/qr/render.hpp>

#include <ZXing/ReadBarcode.h>
#include <ZXing/TextUtfEncoding.h>

namespace cipherlane::tests {

qr::gray_picture picture_of(const qr::symbol& made, std::size_t scale) {
    const std::size_t side = (made.modules().size() + 2 * qr::quiet_zone) * scale;
    const auto bits = qr::render_bits(made.modules(), side, side).value();
    qr::gray_picture picture{side, side, bytes(side * side)};
    for (std::size_t y = 0; y < side; ++y) {
        for (std::size_t x = 0; x < side; ++x) {
            const bool dark = ((bits.rows[y * bits.stride + x / 8] >> (7 - x % 8)) & 1U) != 0;
            picture.pixels[y * side + x] = dark ? 0 : 255;
        }
    }
    return picture;
}

std::string read_with_zxing(const qr::gray_picture& picture) {
    const ZXing::ImageView view(picture.pixels.data(), static_cast<int>(picture.width),
        static_cast<int>(picture.height), ZXing::ImageFormat::Lum);
    const auto hints = ZXing::DecodeHints().setFormats(ZXing::BarcodeFormat::QRCode).setCharacterSet("UTF8");
    const auto found = ZXing::ReadBarcode(view, hints);
    return found.isValid() ? ZXing::TextUtfEncoding::ToUtf8(found.text()) : std::string();
}

} // namespace cipherlane::tests
