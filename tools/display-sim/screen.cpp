#include "display-sim/screen.hpp"

#include <cipherlane/qr/render.hpp>
#include <cipherlane/qr/symbol.hpp>

namespace cipherlane::sim {

screen::screen(int width, int height)
    : frame_(width, height) {
    if (auto opened = drivers::font::open()) font_.emplace(*std::move(opened));
}

void screen::set_header(std::string text) {
    header_ = std::move(text);
    draw();
}

void screen::set_footer(std::string text) {
    footer_ = std::move(text);
    draw();
}

void screen::set_code(std::string text) {
    code_ = std::move(text);
    lines_.clear();
    draw();
}

void screen::set_lines(std::vector<std::string> lines) {
    lines_ = std::move(lines);
    code_.clear();
    draw();
}

void screen::clear_middle() {
    code_.clear();
    lines_.clear();
    draw();
}

void screen::clear() {
    header_.clear();
    footer_.clear();
    clear_middle();
}

void screen::switch_off() {
    lit_ = false;
    frame_.fill(frame_.bounds(), drivers::black);
}

void screen::draw_text(std::string_view text, const drivers::rectangle& box) {
    if (!font_ || text.empty()) return;
    drivers::draw_line(frame_, *font_, text, box, box.height * 3 / 4, 10, drivers::alignment::centre, drivers::black);
}

void screen::draw() {
    lit_ = true;
    frame_.fill(frame_.bounds(), drivers::white);
    const int band = frame_.height() / 8;
    draw_text(header_, {0, 0, frame_.width(), band});
    draw_text(footer_, {0, frame_.height() - band, frame_.width(), band});
    const drivers::rectangle middle{0, band, frame_.width(), frame_.height() - 2 * band};
    if (!code_.empty()) {
        auto symbol = qr::symbol::encode(code_);
        if (!symbol) return;
        const qr::pixel_area area{0, static_cast<std::size_t>(middle.top), static_cast<std::size_t>(middle.width),
            static_cast<std::size_t>(middle.height)};
        static_cast<void>(
            qr::draw_rgb565(symbol->modules(), frame_.pixels(), static_cast<std::size_t>(frame_.width()), area));
        return;
    }
    int top = middle.top;
    for (const auto& line : lines_) {
        draw_text(line, {middle.left, top, middle.width, band});
        top += band;
    }
}

} // namespace cipherlane::sim
