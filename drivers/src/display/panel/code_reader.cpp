#include <cipherlane/drivers/display/panel/code_reader.hpp>

#ifdef CIPHERLANE_WITH_ZXING
#include <ZXing/ReadBarcode.h>

#include <algorithm>
#endif

namespace cipherlane::drivers {

#ifdef CIPHERLANE_WITH_ZXING

bool can_read_codes() noexcept {
    return true;
}

std::vector<std::string> read_codes(const frame& picture) {
    std::vector<std::uint8_t> grey(picture.pixels().size());
    std::ranges::transform(picture.pixels(), grey.begin(), lightness);
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
