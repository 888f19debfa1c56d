#include "../../refusals.hpp"

#include <cipherlane/drivers/display/code_reader.hpp>
#include <cipherlane/drivers/display/panel_painter.hpp>
#include <cipherlane/drivers/errc.hpp>
#include <cipherlane/qr/errc.hpp>
#include <cipherlane/qr/render.hpp>
#include <cipherlane/qr/symbol.hpp>

namespace cipherlane::drivers {
namespace {

constexpr int least_letters = 8;
constexpr colour approved_ink = rgb565(0, 120, 40);
constexpr colour failed_ink = rgb565(176, 0, 0);

} // namespace

panel_layout panel_layout::of(int width, int height) noexcept {
    panel_layout where;
    if (height >= width) {
        const int rest = std::max(height - width + 8, height / 4);
        const int band = rest / 3;
        where.payee = {0, 0, width, band};
        where.money = {0, band, width, band};
        where.code = {0, 2 * band, width, height - 3 * band};
        where.countdown = {0, height - band, width, band};
        return where;
    }
    const int side = height;
    where.code = {0, 0, side, side};
    where.payee = {side, 0, width - side, height / 4};
    where.money = {side, height / 4, width - side, height / 2};
    where.countdown = {side, height - height / 4, width - side, height / 4};
    return where;
}

result<panel_painter> panel_painter::create(
    int width, int height, wording words, const std::string& font_file, depth pixels) {
    constexpr int least = 64;
    constexpr int most = 2'048;
    if (width < least || width > most)
        return error(make_error_code(drivers_errc::bad_setting), layer::drivers).in_field("width");
    if (height < least || height > most)
        return error(make_error_code(drivers_errc::bad_setting), layer::drivers).in_field("height");
    CIPHERLANE_TRY(auto with, font::open(font_file));
    return panel_painter(width, height, std::move(words), std::move(with), pixels);
}

panel_painter::panel_painter(int width, int height, wording words, font with, depth pixels)
    : width_(width)
    , height_(height)
    , pixels_(pixels)
    , words_(std::move(words))
    , font_(std::move(with))
    , layout_(panel_layout::of(width, height)) {}

/// Grey edges and colours become black or white by their lightness.
void panel_painter::flatten(frame& on, const rectangle& where) const {
    if (pixels_ == depth::rgb565) return;
    for (int y = where.top; y < where.bottom(); ++y) {
        for (int x = where.left; x < where.right(); ++x)
            on.set(x, y, lightness(on.at(x, y)) < 128 ? black : white);
    }
}

void panel_painter::line(frame& on, std::string_view text, const rectangle& box, int most) {
    if (text.empty()) return;
    const int margin = std::min(4, box.width / 16);
    const rectangle inner{box.left + margin, box.top, box.width - 2 * margin, box.height};
    draw_line(on, font_, text, inner, most, least_letters, alignment::centre, black);
}

result<frame> panel_painter::code(const ports::qr_view& view) {
    auto picture = blank();
    qr::symbol_options options;
    auto symbol = qr::symbol::encode(view.payload, options);
    if (!symbol) return std::move(symbol).error();
    const qr::pixel_area area{static_cast<std::size_t>(layout_.code.left), static_cast<std::size_t>(layout_.code.top),
        static_cast<std::size_t>(layout_.code.width), static_cast<std::size_t>(layout_.code.height)};
    auto placed = qr::draw_rgb565(symbol->modules(), picture.pixels(), static_cast<std::size_t>(width_), area);
    if (!placed) return refused(drivers_errc::does_not_fit).during("paint");
    line(picture, view.payee, layout_.payee, layout_.payee.height * 3 / 5);
    line(picture, words_.money(view.total), layout_.money, layout_.money.height * 4 / 5);
    if (view.valid_for.count() > 0) {
        draw_countdown(picture, std::chrono::ceil<std::chrono::seconds>(view.valid_for));
    } else {
        line(picture, words_.scan, layout_.countdown, layout_.countdown.height / 2);
    }
    flatten(picture, picture.bounds());
    if (can_read_codes() && !reads_as(picture, view.payload))
        return refused(drivers_errc::unreadable_picture).during("paint");
    return picture;
}

frame panel_painter::total(const amount& value) {
    return text(words_.to_pay, words_.money(value));
}

frame panel_painter::plain_text(std::string_view line1, std::string_view line2) {
    auto picture = blank();
    const int band = height_ / 4;
    line(picture, line1, {0, band, width_, band}, band / 2);
    line(picture, line2, {0, 2 * band, width_, band}, band * 2 / 3);
    return picture;
}

frame panel_painter::text(std::string_view line1, std::string_view line2) {
    auto picture = plain_text(line1, line2);
    flatten(picture, picture.bounds());
    return picture;
}

frame panel_painter::outcome(ports::payment_outcome what, const amount& value) {
    auto picture = plain_text({}, words_.money(value));
    const int band = height_ / 4;
    const auto ink = what == ports::payment_outcome::approved ? approved_ink : failed_ink;
    draw_line(picture, font_, words_.outcome(what), {0, band, width_, band}, band * 2 / 3, least_letters,
        alignment::centre, ink);
    flatten(picture, picture.bounds());
    return picture;
}

void panel_painter::draw_countdown(frame& on, std::chrono::seconds left) {
    on.fill(layout_.countdown, white);
    line(on, std::to_string(left.count()) + " " + words_.remaining, layout_.countdown, layout_.countdown.height / 2);
    flatten(on, layout_.countdown);
}

} // namespace cipherlane::drivers
