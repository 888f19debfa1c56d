#include <cipherlane/core/utf8.hpp>
#include <cipherlane/drivers/display/panel/font.hpp>
#include <cipherlane/drivers/display/panel/text_page.hpp>

#include <algorithm>
#include <vector>

namespace cipherlane::drivers {
namespace {

constexpr int cell_width = 12;
constexpr int cell_height = 24;
constexpr int pitch = 30; // what a printer feeds for a line
constexpr int margin = 20;

struct cell {
    std::string_view character;
    int cells = 1;
};

std::vector<cell> cells_of(std::string_view line) {
    std::vector<cell> all;
    while (!line.empty()) {
        const auto before = line;
        if (!take_code_point(line)) line.remove_prefix(1);
        const auto character = before.substr(0, before.size() - line.size());
        all.push_back({character, character.size() >= 3 ? 2 : 1});
    }
    return all;
}

int width_of(const std::vector<cell>& line) {
    int all = 0;
    for (const auto& one : line)
        all += one.cells * cell_width;
    return all;
}

} // namespace

result<frame> paint_text_page(std::string_view text, const std::string& font_file) {
    CIPHERLANE_TRY(auto letters, font::open(font_file, font::spacing::fixed));
    std::vector<std::vector<cell>> lines;
    int widest = 0;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        lines.push_back(cells_of(text.substr(0, end)));
        text.remove_prefix(std::min(end + 1, text.size()));
        widest = std::max(widest, width_of(lines.back()));
    }
    frame page(2 * margin + widest, 2 * margin + static_cast<int>(lines.size()) * pitch);
    int top = margin;
    for (const auto& line : lines) {
        int left = margin;
        for (const auto& one : line) {
            // A letter that is a little narrower or wider than its cells, as accents make some, stands in their
            // middle.
            const int spare = one.cells * cell_width - letters.width(one.character, cell_height);
            letters.draw(page, left + spare / 2, top, cell_height, one.character, black, page.bounds());
            left += one.cells * cell_width;
        }
        top += pitch;
    }
    return page;
}

} // namespace cipherlane::drivers
