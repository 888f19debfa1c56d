#include <cipherlane/drivers/display/code_reader.hpp>

#ifdef CIPHERLANE_WITH_ZXING
#include <ZXing/ReadBarcode.h>
#endif

namespace cipherlane::drivers {

#ifdef CIPHERLANE_WITH_ZXING

bool can_read_codes() noexcept {
    return true;
}

std::vector<std::string> read_codes(const frame& picture) {
    std::vector<std::uint8_t> grey(picture.pixels().size());
    std::transform(picture.pixels().begin(), picture.pixels().end(), grey.begin(), [](colour pixel) {
        const unsigned red = (pixel >> 11U) << 3U;
        const unsigned green = ((pixel >> 5U) & 0x3FU) << 2U;
        const unsigned blue = (pixel & 0x1FU) << 3U;
        return static_cast<std::uint8_t>((red * 77 + green * 150 + blue * 29) >> 8U);
    });
    const ZXing::ImageView view(grey.data(), picture.width(), picture.height(), ZXing::ImageFormat::Lum);
    ZXing::DecodeHints hints;
    hints.setFormats(ZXing::BarcodeFormat::QRCode);
    hints.setTryRotate(false);
    hints.setTryHarder(false);
    std::vector<std::string> texts;
    for (const auto& found : ZXing::ReadBarcodes(view, hints)) {
        const auto& raw = found.bytes();
        texts.emplace_back(raw.begin(), raw.end()); // UTF-8 goes as bytes without ECI
    }
    return texts;
}

#else

bool can_read_codes() noexcept {
    return false;
}

std::vector<std::string> read_codes(const frame&) {
    return {};
}

#endif

bool reads_as(const frame& picture, std::string_view text) {
    const auto texts = read_codes(picture);
    return texts.size() == 1 && texts.front() == text;
}

} // namespace cipherlane::drivers
