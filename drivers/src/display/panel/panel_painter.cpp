#include "../../refusals.hpp"
#include "mark.hpp"

#include <cipherlane/drivers/display/panel/code_reader.hpp>
#include <cipherlane/drivers/display/panel/panel_painter.hpp>
#include <cipherlane/drivers/errc.hpp>
#include <cipherlane/qr/errc.hpp>
#include <cipherlane/qr/render.hpp>
#include <cipherlane/qr/symbol.hpp>

#include <algorithm>

namespace cipherlane::drivers {
namespace {

constexpr int least_letters = 8;
constexpr int least_name = 12; // Chinese names are no longer read below that; a longer one is cut
constexpr colour bar_ground = rgb565(0, 56, 120);

/// With less correction a code may be a version smaller and its modules a pixel larger: where they have but one pixel
/// that is worth more than what it corrects.
result<qr::symbol> symbol_for(std::string_view payload, const qr::pixel_area& area) {
    CIPHERLANE_TRY(auto usual, qr::symbol::encode(payload));
    const auto here = qr::fit(usual.modules(), area);
    if (here && here->scale > 1) return usual;
    qr::symbol_options least;
    least.least = qr::ec_level::low;
    CIPHERLANE_TRY(auto smaller, qr::symbol::encode(payload, least));
    const auto there = qr::fit(smaller.modules(), area);
    if (!there || (here && here->scale >= there->scale)) return usual;
    return smaller;
}

} // namespace

result<panel_painter> panel_painter::create(
    int width, int height, wording words, const std::string& font_file, depth pixels) {
    constexpr int least = 64;
    constexpr int most = 2'048;
    if (width < least || width > most)
        return error(make_error_code(drivers_errc::bad_setting), layer::drivers).in_field("width");
    if (height < least || height > most)
        return error(make_error_code(drivers_errc::bad_setting), layer::drivers).in_field("height");
    const auto edges = pixels == depth::one_bit ? font::edges::sharp : font::edges::grey;
    CIPHERLANE_TRY(auto with, font::open(font_file, font::spacing::proportional, edges));
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

/// Where there is but one ink, thin letters in a colour must not pale with its edges.
colour panel_painter::ink(colour wanted) const noexcept {
    if (pixels_ == depth::rgb565) return wanted;
    return lightness(wanted) < 128 ? black : white;
}

/// The short words where the long ones would have to be smaller than letters can be read.
void panel_painter::write_words(
    frame& on, std::string_view text, std::string_view brief, const rectangle& box, alignment where, colour wanted) {
    if (text.empty() || box.empty()) return;
    const int least = std::max(least_letters, font_.smallest_clear());
    if (!brief.empty() && font_.width(text, least) > box.width) text = brief;
    draw_line(on, font_, text, box, box.height * 7 / 10, least, where, ink(wanted));
}

void panel_painter::write_name(frame& on, std::string_view text) {
    const auto& box = layout_.payee;
    if (text.empty() || box.empty()) return;
    const int most = box.height * 3 / 4;
    const int least = std::max(std::clamp(box.width / 7, std::min(least_name, most), most), font_.smallest_clear());
    draw_line(on, font_, text, box, most, least, alignment::centre, black);
}

/// An amount is never cut, and it keeps a size at which no digit is taken for another: where its box is too narrow
/// for that, it takes the room around it, then the mark of the till's own currency goes, and the letters of another
/// one stand above the number.
void panel_painter::write_money(
    frame& on, const amount& value, const rectangle& box, const rectangle& room, int most) {
    const int least = std::min(font_.smallest_clear(), room.height);
    const int height = std::max(box.height, least);
    const auto fits = [&](std::string_view line, const rectangle& where) {
        return font_.width(line, least) <= where.width;
    };
    const auto line = [&](std::string_view what, const rectangle& where, int smallest) {
        draw_line(on, font_, what, where, most, smallest, alignment::centre, black);
    };
    const auto text = words_.money(value);
    const rectangle inner{box.left, box.top, box.width, height};
    const rectangle wide{room.left, box.top, room.width, height};
    for (const auto& where : {inner, wide}) {
        if (fits(text, where)) return line(text, where, least);
    }
    const auto bare = value.to_string();
    if (value.unit() == words_.marked && fits(bare, wide)) return line(bare, wide, least);
    auto mark = text.substr(0, text.size() - std::min(text.size(), bare.size()));
    while (mark.ends_with(' '))
        mark.pop_back();
    if (room.height >= 2 * least && fits(mark, room) && fits(bare, room)) {
        const int half = room.height / 2;
        line(mark, {room.left, room.top, room.width, half}, least);
        return line(bare, {room.left, room.top + half, room.width, room.height - half}, least);
    }
    line(text, wide, 1);
}

result<frame> panel_painter::code(const ports::qr_view& view) {
    auto picture = blank();
    const qr::pixel_area area{static_cast<std::size_t>(layout_.code.left), static_cast<std::size_t>(layout_.code.top),
        static_cast<std::size_t>(layout_.code.width), static_cast<std::size_t>(layout_.code.height)};
    CIPHERLANE_TRY(const auto symbol, symbol_for(view.payload, area));
    auto placed = qr::draw_rgb565(symbol.modules(), picture.pixels(), static_cast<std::size_t>(width_), area);
    if (!placed) return refused(drivers_errc::does_not_fit).during("paint");
    const bool ends = view.valid_for.count() > 0;
    picture.fill(layout_.bar, bar_ground);
    const bool shares = ends && layout_.countdown_in_bar();
    const bool alone = layout_.countdown_in_bar() && !shares;
    write_words(picture, words_.scan, words_.scan_brief, alone ? layout_.bar : layout_.action,
        shares ? alignment::left : alignment::centre, white);
    write_name(picture, view.payee);
    // Narrower than its box, so that a change of a long one stays a small rectangle.
    const auto& money = layout_.money;
    const int margin = money.width > 3 * money.height ? money.width * 9 / 50 : 2;
    const rectangle inner{money.left + margin, money.top, money.width - 2 * margin, money.height};
    write_money(picture, view.total, inner, money, money.height * 3 / 4);
    if (ends) write_countdown(picture, std::chrono::ceil<std::chrono::seconds>(view.valid_for));
    flatten(picture, picture.bounds());
    if (can_read_codes() && !reads_as(picture, view.payload))
        return refused(drivers_errc::unreadable_picture).during("paint");
    return picture;
}

frame panel_painter::total(const amount& value) {
    auto picture = blank();
    const int margin = width_ / 16;
    const int band = height_ / 4;
    write_words(picture, words_.to_pay, {}, {margin, band * 4 / 5, width_ - 2 * margin, band * 4 / 5},
        alignment::centre, black);
    const rectangle box{margin, band * 8 / 5, width_ - 2 * margin, band * 8 / 5};
    write_money(picture, value, box, {0, box.top, width_, height_ - box.top}, band);
    flatten(picture, picture.bounds());
    return picture;
}

frame panel_painter::text(std::string_view line1, std::string_view line2) {
    const int margin = width_ / 16;
    const int band = height_ / 4;
    const rectangle upper{margin, band, width_ - 2 * margin, band};
    const rectangle lower{margin, 2 * band, width_ - 2 * margin, band};
    auto picture = blank();
    int size = band * 3 / 5;
    for (int before = 0; before != size;) { // both lines in the size at which the longer one fits
        before = size;
        picture = blank();
        size = draw_line(picture, font_, line1, upper, size, least_name, alignment::centre, black);
        size = draw_line(picture, font_, line2, lower, size, least_name, alignment::centre, black);
    }
    flatten(picture, picture.bounds());
    return picture;
}

frame panel_painter::outcome(ports::payment_outcome what, const amount& value) {
    auto picture = blank();
    draw_mark(picture, layout_.mark, what);
    write_words(
        picture, words_.outcome(what), words_.brief_outcome(what), layout_.words, alignment::centre, ink_of(what));
    const auto& box = layout_.total;
    const int left = width_ > height_ ? box.left : 0; // beside the mark, or below it
    // Whoever says how it ended without an amount has none to show.
    if (value.minor() != 0)
        write_money(picture, value, box, {left, box.top, width_ - left, height_ - box.top}, box.height * 7 / 10);
    flatten(picture, picture.bounds());
    return picture;
}

void panel_painter::write_countdown(frame& on, std::chrono::seconds left) {
    const bool in_bar = layout_.countdown_in_bar();
    on.fill(layout_.countdown, in_bar ? bar_ground : white);
    draw_line(on, font_, std::to_string(left.count()) + " " + words_.remaining, layout_.countdown,
        layout_.countdown.height * 3 / 5, std::max(least_letters, font_.smallest_clear()),
        in_bar ? alignment::right : alignment::centre, in_bar ? white : black);
}

void panel_painter::draw_countdown(frame& on, std::chrono::seconds left) {
    write_countdown(on, left);
    flatten(on, layout_.countdown);
}

} // namespace cipherlane::drivers
