#include "lane/receipt_picture.hpp"

#include <cipherlane/drivers/display/font.hpp>
#include <cipherlane/drivers/display/frame.hpp>
#include <cipherlane/qr/png.hpp>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <sstream>
#include <vector>

namespace cipherlane::sim {
namespace {

constexpr int cell_width = 10;  // half the width of a Chinese character
constexpr int cell_height = 20; // a Chinese character is as high as it is wide
constexpr int margin = 16;

std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> lines;
    std::istringstream in{std::string(text)};
    for (std::string line; std::getline(in, line);)
        lines.push_back(line);
    return lines;
}

/// The UTF-8 characters of a line, one string each.
std::vector<std::string> characters_of(const std::string& line) {
    std::vector<std::string> all;
    for (const char c : line) {
        const bool continues = (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
        if (continues && !all.empty())
            all.back() += c;
        else
            all.emplace_back(1, c);
    }
    return all;
}

int cells_of(const std::string& character) {
    return character.size() >= 3 ? 2 : 1;
}

} // namespace

result<void> write_text_picture(std::string_view text, const std::string& path) {
    CIPHERLANE_TRY(auto letters, drivers::font::open());
    const auto lines = lines_of(text);
    int columns = 1;
    for (const auto& line : lines) {
        int cells = 0;
        for (const auto& character : characters_of(line))
            cells += cells_of(character);
        columns = std::max(columns, cells);
    }
    const int pitch = letters.line_height(cell_height);
    drivers::frame page(2 * margin + columns * cell_width, 2 * margin + static_cast<int>(lines.size()) * pitch);
    int top = margin;
    for (const auto& line : lines) {
        int left = margin;
        for (const auto& character : characters_of(line)) {
            letters.draw(page, left, top, cell_height, character, drivers::black, page.bounds());
            left += cells_of(character) * cell_width;
        }
        top += pitch;
    }
    qr::raster_view view;
    view.pixels = {reinterpret_cast<const std::uint8_t*>(page.pixels().data()), page.pixels().size_bytes()};
    view.width = static_cast<std::size_t>(page.width());
    view.height = static_cast<std::size_t>(page.height());
    view.stride = view.width * sizeof(drivers::colour);
    view.format = qr::pixel_format::rgb565_le;
    CIPHERLANE_TRY(const auto file, qr::encode_png(view));
    std::ofstream out(path, std::ios::binary);
    out.write(reinterpret_cast<const char*>(file.data()), static_cast<std::streamsize>(file.size()));
    if (!out.flush()) {
        return error({errno, boost::system::system_category()}, layer::tools).during("write receipt");
    }
    return {};
}

} // namespace cipherlane::sim
