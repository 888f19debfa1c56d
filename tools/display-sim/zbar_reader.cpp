// Apart from the other reader: macros of one library break the headers of the other.
#include "display-sim/zbar_reader.hpp"

#include <zbar.h>

namespace cipherlane::sim {
namespace {

struct grey_picture {
    std::vector<std::uint8_t> pixels;
    unsigned width;
    unsigned height;
};

/// Three pixels for one, as a camera close to the glass sees them: zbar misses modules of one pixel.
grey_picture seen_closer(const drivers::frame& picture) {
    constexpr int times = 3;
    grey_picture made{
        {}, static_cast<unsigned>(picture.width() * times), static_cast<unsigned>(picture.height() * times)};
    made.pixels.reserve(picture.pixels().size() * times * times);
    for (int y = 0; y < picture.height() * times; ++y) {
        for (int x = 0; x < picture.width() * times; ++x)
            made.pixels.push_back(drivers::lightness(picture.at(x / times, y / times)));
    }
    return made;
}

} // namespace

std::vector<std::string> read_with_zbar(const drivers::frame& picture) {
    const auto [grey, width, height] = seen_closer(picture);
    zbar::ImageScanner scanner;
    scanner.set_config(zbar::ZBAR_NONE, zbar::ZBAR_CFG_ENABLE, 0);
    scanner.set_config(zbar::ZBAR_QRCODE, zbar::ZBAR_CFG_ENABLE, 1);
    scanner.set_config(zbar::ZBAR_QRCODE, zbar::ZBAR_CFG_BINARY, 1);
    zbar::Image image(width, height, "Y800", grey.data(), grey.size());
    std::vector<std::string> texts;
    if (scanner.scan(image) <= 0) return texts;
    for (auto one = image.symbol_begin(); one != image.symbol_end(); ++one)
        texts.push_back(one->get_data());
    return texts;
}

} // namespace cipherlane::sim
