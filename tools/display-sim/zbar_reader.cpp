// Apart from the other reader: macros of one library break the headers of the other.
#include "display-sim/zbar_reader.hpp"

#include <algorithm>
#include <zbar.h>

namespace cipherlane::sim {

std::vector<std::string> read_with_zbar(const drivers::frame& picture) {
    std::vector<std::uint8_t> grey(picture.pixels().size());
    std::ranges::transform(picture.pixels(), grey.begin(), drivers::lightness);
    zbar::ImageScanner scanner;
    scanner.set_config(zbar::ZBAR_NONE, zbar::ZBAR_CFG_ENABLE, 0);
    scanner.set_config(zbar::ZBAR_QRCODE, zbar::ZBAR_CFG_ENABLE, 1);
    scanner.set_config(zbar::ZBAR_QRCODE, zbar::ZBAR_CFG_BINARY, 1);
    zbar::Image image(static_cast<unsigned>(picture.width()), static_cast<unsigned>(picture.height()), "Y800",
        grey.data(), grey.size());
    std::vector<std::string> texts;
    if (scanner.scan(image) <= 0) return texts;
    for (auto one = image.symbol_begin(); one != image.symbol_end(); ++one)
        texts.push_back(one->get_data());
    return texts;
}

} // namespace cipherlane::sim
