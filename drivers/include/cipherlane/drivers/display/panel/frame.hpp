#pragma once

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <span>
#include <vector>

namespace cipherlane::drivers {

/// Part of a picture, in pixels from the top left.
struct rectangle {
    int left = 0;
    int top = 0;
    int width = 0;
    int height = 0;

    [[nodiscard]] constexpr int right() const noexcept { return left + width; }
    [[nodiscard]] constexpr int bottom() const noexcept { return top + height; }
    [[nodiscard]] constexpr bool empty() const noexcept { return width <= 0 || height <= 0; }
    [[nodiscard]] constexpr std::int64_t area() const noexcept { return empty() ? 0 : std::int64_t{width} * height; }
    friend constexpr bool operator==(const rectangle&, const rectangle&) = default;
};

/// What two rectangles have in common; empty if nothing.
[[nodiscard]] constexpr rectangle common(const rectangle& a, const rectangle& b) noexcept {
    const int left = std::max(a.left, b.left);
    const int top = std::max(a.top, b.top);
    return {left, top, std::min(a.right(), b.right()) - left, std::min(a.bottom(), b.bottom()) - top};
}

/// A colour of 5, 6 and 5 bits.
using colour = std::uint16_t;
[[nodiscard]] constexpr colour rgb565(unsigned red, unsigned green, unsigned blue) noexcept {
    return static_cast<colour>(((red & 0xF8U) << 8U) | ((green & 0xFCU) << 3U) | (blue >> 3U));
}
/// 0 (black) to 255, as the eye weighs the three colours.
[[nodiscard]] constexpr std::uint8_t lightness(colour pixel) noexcept {
    const unsigned red = (pixel >> 11U) << 3U;
    const unsigned green = ((pixel >> 5U) & 0x3FU) << 2U;
    const unsigned blue = (pixel & 0x1FU) << 3U;
    return static_cast<std::uint8_t>((red * 77 + green * 150 + blue * 29) >> 8U);
}
/// `cover` of 255 parts ink over ground.
[[nodiscard]] constexpr colour blend(colour ground, colour ink, unsigned cover) noexcept {
    auto mix = [cover](
                   unsigned below, unsigned above) { return (below * (255 - cover) + above * cover + 127) / 255; };
    const unsigned red = mix(ground >> 11U, ink >> 11U);
    const unsigned green = mix((ground >> 5U) & 0x3FU, (ink >> 5U) & 0x3FU);
    const unsigned blue = mix(ground & 0x1FU, ink & 0x1FU);
    return static_cast<colour>((red << 11U) | (green << 5U) | blue);
}
inline constexpr colour white = 0xFFFF;
inline constexpr colour black = 0x0000;

/// A picture of RGB565 pixels in the host's byte order.
class frame {
  public:
    frame(int width, int height, colour ground = white)
        : width_(width)
        , height_(height)
        , pixels_(static_cast<std::size_t>(width) * static_cast<std::size_t>(height), ground) {}

    [[nodiscard]] int width() const noexcept { return width_; }
    [[nodiscard]] int height() const noexcept { return height_; }
    [[nodiscard]] rectangle bounds() const noexcept { return {0, 0, width_, height_}; }
    [[nodiscard]] std::span<colour> pixels() noexcept { return pixels_; }
    [[nodiscard]] std::span<const colour> pixels() const noexcept { return pixels_; }
    [[nodiscard]] colour at(int x, int y) const noexcept { return pixels_[index(x, y)]; }
    void set(int x, int y, colour value) noexcept { pixels_[index(x, y)] = value; }
    [[nodiscard]] std::span<const colour> row(int y, int left, int width) const noexcept {
        return std::span(pixels_).subspan(index(left, y), static_cast<std::size_t>(width));
    }
    void fill(const rectangle& where, colour value) noexcept {
        const auto inside = common(where, bounds());
        for (int y = inside.top; y < inside.bottom(); ++y) {
            std::fill_n(pixels_.begin() + static_cast<std::ptrdiff_t>(index(inside.left, y)), inside.width, value);
        }
    }
    friend bool operator==(const frame&, const frame&) = default;

  private:
    [[nodiscard]] std::size_t index(int x, int y) const noexcept {
        assert(x >= 0 && y >= 0 && x <= width_ && y < height_);
        return static_cast<std::size_t>(y) * static_cast<std::size_t>(width_) + static_cast<std::size_t>(x);
    }

    int width_;
    int height_;
    std::vector<colour> pixels_;
};

} // namespace cipherlane::drivers
