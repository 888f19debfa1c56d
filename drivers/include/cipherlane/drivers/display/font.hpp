#pragma once

#include <cipherlane/core/result.hpp>
#include <cipherlane/drivers/display/frame.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace cipherlane::drivers {

/// A font for panels: Latin and Chinese, drawn by FreeType with grey edges.
///
/// Glyphs are kept once they were drawn, so that an amount that changes costs no rasterising. Move-only; one object
/// belongs to one thread at a time.
class font {
  public:
    /// Opens a font file; without one the first of the usual Debian places that is there (WenQuanYi Zen Hei).
    /// @return `font_missing`.
    [[nodiscard]] static result<font> open(const std::string& file = {});
    font(font&&) noexcept;
    font& operator=(font&&) noexcept;
    ~font();

    /// Width in pixels of UTF-8 text in letters `size` pixels high; malformed bytes are shown as U+FFFD.
    [[nodiscard]] int width(std::string_view text, int size);
    /// Draws text whose line begins at `left` and has its top at `top`; nothing outside `clip` is touched.
    void draw(frame& on, int left, int top, int size, std::string_view text, colour ink, const rectangle& clip);
    /// Pixels from one line to the next.
    [[nodiscard]] int line_height(int size) const noexcept { return size + size / 4; }

  private:
    struct impl;
    explicit font(std::unique_ptr<impl> made) noexcept;
    std::unique_ptr<impl> impl_;
};

/// Where a line of text stands in a box.
enum class alignment : std::uint8_t { left, centre, right };

/// Draws one line into `box` in the largest size of `most` down to `least` at which it fits; below that it is cut.
/// Returns the size used.
int draw_line(frame& on, font& with, std::string_view text, const rectangle& box, int most, int least,
    alignment where, colour ink);

} // namespace cipherlane::drivers
