#include "lane/receipt_picture.hpp"

#include <cipherlane/drivers/display/panel/frame_png.hpp>
#include <cipherlane/drivers/display/panel/text_page.hpp>

#include <cerrno>
#include <fstream>

namespace cipherlane::sim {

result<void> write_text_picture(std::string_view text, const std::string& path) {
    CIPHERLANE_TRY(const auto page, drivers::paint_text_page(text));
    CIPHERLANE_TRY(const auto file, drivers::to_png(page));
    std::ofstream out(path, std::ios::binary);
    out.write(reinterpret_cast<const char*>(file.data()), static_cast<std::streamsize>(file.size()));
    if (!out.flush()) {
        return error({errno, boost::system::system_category()}, layer::tools).during("write receipt");
    }
    return {};
}

} // namespace cipherlane::sim
