#include "cipherlane/qr_picture.hpp"

#include <cipherlane/qr/png.hpp>

#include <fstream>
#include <iterator>
#include <stdexcept>

#ifdef CIPHERLANE_WITH_ZXING
#include <ZXing/ReadBarcode.h>
#include <ZXing/TextUtfEncoding.h>
#endif

namespace cipherlane::cli {

#ifdef CIPHERLANE_WITH_ZXING

std::string read_picture(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) throw std::runtime_error("cannot read " + path);
    const bytes data(std::istreambuf_iterator<char>(file), {});
    const auto picture = qr::decode_png(data);
    if (!picture) throw std::runtime_error(path + ": " + picture.error().to_string());
    const ZXing::ImageView view(picture->pixels.data(), static_cast<int>(picture->width),
        static_cast<int>(picture->height), ZXing::ImageFormat::Lum);
    const auto found = ZXing::ReadBarcode(
        view, ZXing::DecodeHints().setFormats(ZXing::BarcodeFormat::QRCode).setCharacterSet("UTF8"));
    if (!found.isValid()) throw std::runtime_error(path + ": no QR symbol found");
    return ZXing::TextUtfEncoding::ToUtf8(found.text());
}

#else

std::string read_picture(const std::string& /*path*/) {
    throw std::runtime_error("this build has no reader for pictures (zxing-cpp)");
}

#endif

} // namespace cipherlane::cli
