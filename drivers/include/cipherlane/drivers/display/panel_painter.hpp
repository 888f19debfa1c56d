#pragma once

#include <cipherlane/drivers/display/font.hpp>
#include <cipherlane/drivers/display/frame.hpp>
#include <cipherlane/drivers/display/wording.hpp>
#include <cipherlane/ports/display.hpp>

#include <chrono>
#include <optional>
#include <string>

namespace cipherlane::drivers {

/// Where things stand on a panel: upright with the code in the middle, lying with the code at the left.
struct panel_layout {
    rectangle payee, money, code, countdown;
    [[nodiscard]] static panel_layout of(int width, int height) noexcept;
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
    [[nodiscard]] frame plain_text(std::string_view line1, std::string_view line2);
    void flatten(frame& on, const rectangle& where) const;
    void line(frame& on, std::string_view text, const rectangle& box, int most);

    int width_;
    int height_;
    depth pixels_;
    wording words_;
    font font_;
    panel_layout layout_;
};

} // namespace cipherlane::drivers
