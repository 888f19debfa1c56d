#include <cipherlane/drivers/display/panel/panel_painter.hpp>

#include <algorithm>

namespace cipherlane::drivers {
namespace {

constexpr int least_row = 12; ///< what Chinese characters need to be told apart

/// What to do and the time left in a bar at the top, then payee and amount, then the code over the whole width.
panel_layout upright(int width, int height) {
    panel_layout where;
    const int rest = std::max(std::min(height - width, height * 2 / 5), height / 4);
    // On the smallest panels the amount comes before what to do, and both before the payee.
    const int bar = rest >= 2 * least_row ? std::max(rest * 8 / 25, least_row) : 0;
    const int payee = rest >= bar + 3 * least_row ? rest * 6 / 25 : 0;
    const int money = rest - bar - payee;
    where.bar = {0, 0, width, bar};
    const int margin = width / 20;
    const int action = width * 11 / 20;
    where.action = {margin, 0, action - margin, bar};
    where.countdown = {action + margin / 2, 0, width - action - margin * 3 / 2, bar};
    where.payee = {margin, bar, width - 2 * margin, payee};
    where.money = {0, bar + payee, width, money};
    where.code = {0, rest, width, height - rest};
    return where;
}

/// The code at the left over the whole height, everything else in a column at its right.
panel_layout lying(int width, int height) {
    panel_layout where;
    const int side = std::min(height, width * 7 / 10);
    const int column = width - side;
    const int bar = height * 6 / 25;
    const int payee = height * 5 / 25;
    const int countdown = height * 5 / 25;
    const int margin = std::clamp((column - 60) / 8, 2, 16);
    where.code = {0, 0, side, height};
    where.bar = {side, 0, column, bar};
    where.action = {side + margin, 0, column - 2 * margin, bar};
    // Letters as high as their row must not touch the bar.
    const int gap = payee < 16 ? 1 : 0;
    where.payee = {side + margin, bar + gap, column - 2 * margin, payee};
    where.money = {side, bar + gap + payee, column, height - bar - gap - payee - countdown};
    where.countdown = {side + margin, height - countdown, column - 2 * margin, countdown};
    return where;
}

} // namespace

panel_layout panel_layout::of(int width, int height) noexcept {
    auto where = width > height ? lying(width, height) : upright(width, height);
    // From two metres the sign of an outcome is all that is seen: it takes what words and amount leave.
    if (width > height) {
        const int side = std::min(height, width * 9 / 20);
        const int size = side * 43 / 50;
        where.mark = {(side - size) / 2 + size / 20, (height - size) / 2, size, size};
        const int left = where.mark.right() + size / 10;
        const int right = width - std::max(width / 40, 2);
        where.words = {left, height / 5, right - left, height * 3 / 10};
        where.total = {left, height / 2, right - left, height * 3 / 10};
    } else {
        const int size = std::min(width, height / 2) * 43 / 50;
        where.mark = {(width - size) / 2, height * 3 / 10 - size / 2, size, size};
        const int margin = width / 16;
        where.words = {margin, height * 14 / 25, width - 2 * margin, height * 9 / 50};
        where.total = {margin, height * 19 / 25, width - 2 * margin, height * 9 / 50};
    }
    return where;
}

} // namespace cipherlane::drivers
