#pragma once

#include <cipherlane/core/result.hpp>
#include <cipherlane/drivers/display/panel/frame.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace cipherlane::drivers {

/// A font for panels and receipts: Latin and Chinese, drawn by FreeType.
///
/// Glyphs are kept once they were drawn, so that an amount that changes costs no rasterising. Move-only; one object
/// belongs to one thread at a time.
class font {
  public:
    /// Of a file that holds several faces: how wide its Latin letters are.
    enum class spacing : std::uint8_t {
        proportional, ///< each as wide as it is: for panels
        fixed,        ///< all half as wide as a Chinese character, as a printer has them
    };

    /// What the edges of letters look like.
    enum class edges : std::uint8_t {
        grey,  ///< shades between ink and ground
        sharp, ///< whole pixels, from the font's own bitmaps where it has that size: for panels of one bit
    };

    /// Opens a font file; without one the first of the usual Debian places that is there (WenQuanYi Zen Hei).
    /// @param wanted where the file has no face of fixed width, its first one is taken
    /// @return `font_missing`.
    [[nodiscard]] static result<font> open(
        const std::string& file = {}, spacing wanted = spacing::proportional, edges drawn = edges::grey);
    font(font&&) noexcept;
    font& operator=(font&&) noexcept;
    ~font();

    /// Width in pixels of UTF-8 text in letters `size` pixels high; malformed bytes are shown as U+FFFD.
    [[nodiscard]] int width(std::string_view text, int size);
    /// Draws text whose line begins at `left` and has its top at `top`; nothing outside `clip` is touched.
    void draw(frame& on, int left, int top, int size, std::string_view text, colour ink, const rectangle& clip);
    /// The size in pixels below which Chinese can hardly be read.
    [[nodiscard]] int smallest_clear() const noexcept;
    /// Pixels from one line to the next.
    [[nodiscard]] int line_height(int size) const noexcept { return size + size / 4; }

  private:
    struct impl;
    explicit font(std::unique_ptr<impl> made) noexcept;
    std::unique_ptr<impl> impl_;
};

/// Where a line of text stands in a box.
enum class alignment : std::uint8_t { left, centre, right };

/// Draws one line into `box` in the largest size of `most` down to `least` at which it fits, and not above four
/// fifths of the box but where that could hardly be read; text that does not fit even so loses its end to "…".
/// Returns the size used.
int draw_line(frame& on, font& with, std::string_view text, const rectangle& box, int most, int least,
    alignment where, colour ink);

} // namespace cipherlane::drivers
