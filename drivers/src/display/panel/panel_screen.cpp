#include "../../refusals.hpp"

#include <cipherlane/drivers/display/panel/frame_changes.hpp>
#include <cipherlane/drivers/display/panel/panel_screen.hpp>

#include <algorithm>
#include <utility>

namespace cipherlane::drivers {

result<panel_screen> panel_screen::create(panel_settings settings) {
    CIPHERLANE_TRY(auto painter,
        panel_painter::create(settings.width, settings.height, settings.words, settings.font_file, settings.pixels));
    return panel_screen(std::move(settings), std::move(painter));
}

panel_screen::panel_screen(panel_settings settings, panel_painter painter)
    : settings_(std::move(settings))
    , painter_(std::move(painter)) {}

rectangle panel_screen::aligned(const rectangle& where) const noexcept {
    const int step = settings_.align;
    const int left = where.left / step * step;
    const int right = std::min((where.right() + step - 1) / step * step, settings_.width);
    return {left, where.top, right - left, where.height};
}

bool panel_screen::code_differs(const frame& a, const frame& b) const {
    const auto& code = painter_.layout().code;
    for (int y = code.top; y < code.bottom(); ++y) {
        const auto one = a.row(y, code.left, code.width);
        if (!std::equal(one.begin(), one.end(), b.row(y, code.left, code.width).begin())) return true;
    }
    return false;
}

void panel_screen::send_changes(const frame& before, const frame& after, std::size_t most, panel_writer& to) const {
    for (const auto& part : changed_rectangles(before, after, most))
        to.picture(aligned(part), after);
}

void panel_screen::change_to(frame next, panel_writer& to) {
    if (!shown_) {
        to.begin();
        blank_unknown(to);
        to.picture(next.bounds(), next);
    } else if (settings_.most_rectangles > 0) {
        change_parts(*shown_, next, to);
    } else if (next != *shown_) {
        // A whole picture comes in from the top: the old code must not be there to meet the new amount.
        if (code_differs(*shown_, next)) to.fill(next.bounds(), white);
        to.picture(next.bounds(), next);
    }
    pending_ = std::move(next);
}

/// A code whose drawing was given up, or of a till before this one, may still stand there, with its amount or
/// without: neither may meet what comes.
void panel_screen::blank_unknown(panel_writer& to) const {
    const auto& layout = painter_.layout();
    if (settings_.most_rectangles == 0) return to.fill({0, 0, settings_.width, settings_.height}, white);
    to.fill(aligned(layout.code), white);
    to.fill(aligned(layout.money), white);
}

void panel_screen::change_parts(frame before, const frame& next, panel_writer& to) const {
    if (!code_differs(before, next)) return send_changes(before, next, settings_.most_rectangles, to);
    // The amount goes first and comes last: it never stands beside a code that is not its own.
    const auto& money = painter_.layout().money;
    auto without_amount = next;
    without_amount.fill(money, white);
    auto blanked = before;
    blanked.fill(aligned(money), white);
    if (blanked != before) to.fill(aligned(money), white);
    send_changes(blanked, without_amount, std::max<std::size_t>(settings_.most_rectangles, 2) - 1, to);
    send_changes(without_amount, next, 1, to);
}

result<void> panel_screen::show(const ports::display_content& what, panel_writer& to) {
    CIPHERLANE_TRY(auto picture, std::visit([this](const auto& content) { return paint(content); }, what));
    change_to(std::move(picture), to);
    return {};
}

result<frame> panel_screen::paint(const ports::remaining_view& time) {
    if (!shown_) return cannot("show_remaining");
    auto next = *shown_;
    painter_.draw_countdown(next, time.left);
    return next;
}

void panel_screen::arrived() {
    if (pending_) shown_ = std::exchange(pending_, std::nullopt);
}

void panel_screen::forget() noexcept {
    shown_.reset();
    pending_.reset();
}

} // namespace cipherlane::drivers
