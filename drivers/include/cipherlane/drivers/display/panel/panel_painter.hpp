#pragma once

#include <cipherlane/drivers/display/panel/font.hpp>
#include <cipherlane/drivers/display/panel/frame.hpp>
#include <cipherlane/drivers/display/wording.hpp>
#include <cipherlane/ports/display.hpp>

#include <chrono>
#include <optional>
#include <string>

namespace cipherlane::drivers {

/// Where things stand on a panel. Beside a code: a dark bar that says what to do, the payee, the amount, how long the
/// code is still valid (upright in the bar, lying below). With an outcome: its mark, its words and the amount.
/// A panel too small for all of them has neither payee nor bar: those rectangles are empty.
struct panel_layout {
    rectangle bar, action, payee, money, code, countdown;
    rectangle mark, words, total;
    [[nodiscard]] static panel_layout of(int width, int height) noexcept;
    /// Whether the time left stands on the bar.
    [[nodiscard]] bool countdown_in_bar() const noexcept { return common(bar, countdown) == countdown; }
};

/// Paints contents for a pixel panel: dark on light ground, the code as large as whole pixels a module allow, with
/// its quiet zone. A finished code is read back by zxing-cpp where the build has it; what does not read as the text
/// asked for never leaves.
/// One object belongs to one thread at a time.
class panel_painter {
  public:
    /// What the panel's pixels can be. On one of one bit every pixel comes out black or white, before it is read
    /// back.
    enum class depth : std::uint8_t { rgb565, one_bit };

    /// @param font_file empty: the usual places
    /// @return `font_missing`; `bad_setting` for a size below 64 x 64 or above 2,048 x 2,048.
    [[nodiscard]] static result<panel_painter> create(
        int width, int height, wording words, const std::string& font_file = {}, depth pixels = depth::rgb565);

    /// @return `does_not_fit`, `unreadable_picture`, an error of `qr::symbol::encode`.
    [[nodiscard]] result<frame> code(const ports::qr_view& view);
    [[nodiscard]] frame total(const amount& value);
    [[nodiscard]] frame text(std::string_view line1, std::string_view line2);
    [[nodiscard]] frame outcome(ports::payment_outcome what, const amount& value);
    [[nodiscard]] frame blank() const { return {width_, height_}; }
    void draw_countdown(frame& on, std::chrono::seconds left);

    [[nodiscard]] const panel_layout& layout() const noexcept { return layout_; }
    [[nodiscard]] int width() const noexcept { return width_; }
    [[nodiscard]] int height() const noexcept { return height_; }

  private:
    panel_painter(int width, int height, wording words, font with, depth pixels);
    void flatten(frame& on, const rectangle& where) const;
    [[nodiscard]] colour ink(colour wanted) const noexcept;
    void write_countdown(frame& on, std::chrono::seconds left);
    void write_words(frame& on, std::string_view text, std::string_view brief, const rectangle& box, alignment where,
        colour wanted);
    void write_name(frame& on, std::string_view text);
    void write_money(frame& on, const amount& value, const rectangle& box, const rectangle& room, int most);

    int width_;
    int height_;
    depth pixels_;
    wording words_;
    font font_;
    panel_layout layout_;
};

} // namespace cipherlane::drivers
