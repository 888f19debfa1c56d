// Apart from the other reader: macros of one library break the headers of the other.
#include "qr/readers.hpp"

#include <zbar.h>

namespace cipherlane::tests {

std::string read_with_zbar(const qr::gray_picture& picture) {
    zbar::ImageScanner scanner;
    scanner.set_config(zbar::ZBAR_NONE, zbar::ZBAR_CFG_ENABLE, 0);
    scanner.set_config(zbar::ZBAR_QRCODE, zbar::ZBAR_CFG_ENABLE, 1);
    scanner.set_config(zbar::ZBAR_QRCODE, zbar::ZBAR_CFG_BINARY, 1);
    zbar::Image image(static_cast<unsigned>(picture.width), static_cast<unsigned>(picture.height), "Y800",
        picture.pixels.data(), picture.pixels.size());
    if (scanner.scan(image) <= 0) return {};
    return image.symbol_begin()->get_data();
}

} // namespace cipherlane::tests
