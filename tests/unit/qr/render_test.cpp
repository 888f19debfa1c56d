#include "qr/readers.hpp"

#include <cipherlane/qr/errc.hpp>
#include <cipherlane/qr/png.hpp>
#include <cipherlane/qr/render.hpp>
#include <cipherlane/qr/symbol.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace cipherlane::qr {
namespace {

constexpr std::string_view text = "https://qr.95516.com/00010000/01234567890123456789012345678901";

const module_matrix& version_4() {
    static const auto made = symbol::encode(text).value();
    return made.modules();
}

TEST(Render, LargestWholeModule) {
    ASSERT_EQ(version_4().size(), 33U);
    struct panel {
        std::size_t width, height, scale;
    };
    // Panels of common displays (modules plus quiet zone are 41 here).
    for (const auto& one : {panel{128, 64, 1}, panel{160, 80, 1}, panel{240, 240, 5}, panel{240, 320, 5},
             panel{320, 480, 7}, panel{41, 41, 1}, panel{81, 200, 1}, panel{82, 82, 2}}) {
        const auto at = fit(version_4(), {0, 0, one.width, one.height});
        ASSERT_TRUE(at);
        EXPECT_EQ(at->scale, one.scale);
        // The quiet zone holds on all sides.
        EXPECT_GE(at->left, quiet_zone * at->scale);
        EXPECT_GE(at->top, quiet_zone * at->scale);
        EXPECT_LE(at->left + (33 + quiet_zone) * at->scale, one.width);
        EXPECT_LE(at->top + (33 + quiet_zone) * at->scale, one.height);
    }
    EXPECT_EQ(fit(version_4(), {0, 0, 40, 400}).error().code(), qr_errc::does_not_fit);
    EXPECT_EQ(fit(version_4(), {0, 0, 0, 0}).error().code(), qr_errc::does_not_fit);
}

gray_picture to_gray(const bit_picture& bits, bit_means set) {
    gray_picture picture{bits.width, bits.height, {}};
    for (std::size_t y = 0; y < bits.height; ++y) {
        for (std::size_t x = 0; x < bits.width; ++x) {
            const bool on = ((bits.rows[y * bits.stride + x / 8] >> (7 - x % 8)) & 1U) != 0;
            picture.pixels.push_back(on == (set == bit_means::dark) ? 0 : 255);
        }
    }
    return picture;
}

TEST(Render, BitsOnPanelsOfAnyWidth) {
    for (const std::size_t width : {82U, 83U, 127U, 128U, 160U, 241U}) {
        for (const auto set : {bit_means::dark, bit_means::light}) {
            const auto bits = render_bits(version_4(), width, 96, set);
            ASSERT_TRUE(bits) << bits.error();
            EXPECT_EQ(bits->stride, (width + 7) / 8);
            EXPECT_EQ(tests::read_with_zxing(to_gray(*bits, set)), text) << width;
        }
    }
    EXPECT_EQ(render_bits(version_4(), 30, 96).error().code(), qr_errc::does_not_fit);
    std::vector<std::uint8_t> small(10);
    EXPECT_EQ(render_bits(version_4(), 128, 64, bit_means::dark, small).error().code(), qr_errc::buffer_too_small);
}

TEST(Render, Rgb565InsideALargerFrame) {
    constexpr std::size_t width = 320;
    constexpr std::size_t height = 480;
    std::vector<std::uint16_t> frame(width * height, 0x001F);
    const pixel_area area{10, 100, 300, 300};
    const auto at = draw_rgb565(version_4(), frame, width, area);
    ASSERT_TRUE(at) << at.error();
    EXPECT_EQ(at->scale, 7U);
    gray_picture part{area.width, area.height, {}};
    for (std::size_t y = 0; y < height; ++y) {
        for (std::size_t x = 0; x < width; ++x) {
            const auto pixel = frame[y * width + x];
            const bool inside =
                x >= area.left && x < area.left + area.width && y >= area.top && y < area.top + area.height;
            if (!inside) {
                ASSERT_EQ(pixel, 0x001F);
                continue;
            }
            ASSERT_TRUE(pixel == 0 || pixel == 0xFFFF);
            part.pixels.push_back(pixel == 0 ? 0 : 255);
        }
    }
    EXPECT_EQ(tests::read_with_zxing(part), text);
    EXPECT_EQ(tests::read_with_zbar(part), text);
}

TEST(Render, Rgb565AreaMustLieInTheFrame) {
    std::vector<std::uint16_t> frame(100 * 100);
    for (const auto& area : {pixel_area{1, 0, 100, 100}, pixel_area{0, 1, 100, 100}, pixel_area{0, 0, 101, 50},
             pixel_area{200, 0, 50, 50}, pixel_area{0, 0, SIZE_MAX, SIZE_MAX}}) {
        EXPECT_EQ(draw_rgb565(version_4(), frame, 100, area).error().code(), qr_errc::buffer_too_small);
    }
    EXPECT_EQ(draw_rgb565(version_4(), frame, 0, {0, 0, 50, 50}).error().code(), qr_errc::buffer_too_small);
    EXPECT_EQ(draw_rgb565(version_4(), frame, 100, {0, 0, 40, 40}).error().code(), qr_errc::does_not_fit);
}

TEST(Render, PngReadsBack) {
    for (const std::size_t scale : {2U, 3U, 8U}) {
        const auto file = render_png(version_4(), scale);
        ASSERT_TRUE(file) << file.error();
        const auto picture = decode_png(*file);
        ASSERT_TRUE(picture) << picture.error();
        EXPECT_EQ(picture->width, 41 * scale);
        EXPECT_EQ(tests::read_with_zxing(*picture), text);
    }
    EXPECT_EQ(render_png(version_4(), 0).error().code(), qr_errc::does_not_fit);
}

/// Undoes a terminal picture: two rows of modules a line.
gray_picture terminal_to_gray(std::string_view lines, bool ink_is_dark) {
    std::vector<std::string> upper(1), lower(1);
    for (std::size_t i = 0; i < lines.size();) {
        if (lines[i] == '\x1B') {
            i = lines.find('m', i) + 1;
        } else if (lines[i] == '\n') {
            upper.emplace_back();
            lower.emplace_back();
            ++i;
        } else {
            const auto cell = lines.substr(i, lines[i] == ' ' ? 1 : 3);
            upper.back() += cell == "█" || cell == "▀" ? '#' : ' ';
            lower.back() += cell == "█" || cell == "▄" ? '#' : ' ';
            i += cell.size();
        }
    }
    upper.pop_back();
    const std::size_t side = upper.front().size();
    constexpr std::size_t scale = 4;
    gray_picture picture{side * scale, side * scale, {}};
    for (std::size_t y = 0; y < side * scale; ++y) {
        const auto& line = (y / scale % 2 == 0 ? upper : lower)[y / scale / 2];
        for (std::size_t x = 0; x < side * scale; ++x) {
            picture.pixels.push_back((line[x / scale] == '#') == ink_is_dark ? 0 : 255);
        }
    }
    return picture;
}

TEST(Render, TerminalPicture) {
    EXPECT_EQ(tests::read_with_zxing(terminal_to_gray(render_terminal(version_4()), true)), text);
    const auto plain = render_terminal(version_4(), terminal_colours::plain);
    EXPECT_EQ(tests::read_with_zxing(terminal_to_gray(plain, false)), text);
    EXPECT_EQ(plain.find('\x1B'), std::string::npos);
    EXPECT_EQ(std::count(plain.begin(), plain.end(), '\n'), 21);
}

TEST(Png, EveryFormat) {
    const bytes rgb{255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255};
    const auto coloured = encode_png({rgb, 2, 2, 6, pixel_format::rgb888});
    ASSERT_TRUE(coloured);
    EXPECT_EQ(decode_png(*coloured)->pixels.size(), 4U);
    EXPECT_EQ(decode_png(*coloured)->pixels[3], 255);
    const bytes gray{0, 128, 255, 9, 9, 9, 1, 2, 3};
    EXPECT_EQ(decode_png(*encode_png({gray, 3, 2, 6, pixel_format::gray8}))->pixels, (bytes{0, 128, 255, 1, 2, 3}));
    const bytes little{0xFF, 0xFF, 0x00, 0x00};
    EXPECT_EQ(decode_png(*encode_png({little, 2, 1, 4, pixel_format::rgb565_le}))->pixels, (bytes{255, 0}));
    const bytes red_le{0x00, 0xF8};
    const bytes red_be{0xF8, 0x00};
    EXPECT_EQ(encode_png({red_le, 1, 1, 2, pixel_format::rgb565_le}).value(),
        encode_png({red_be, 1, 1, 2, pixel_format::rgb565_be}).value());
    const bytes bits{0x80, 0x40};
    EXPECT_EQ(decode_png(*encode_png({bits, 2, 2, 1, pixel_format::bit_dark}))->pixels, (bytes{0, 255, 255, 0}));
}

TEST(Png, RefusesBadPictures) {
    const bytes pixels(5);
    EXPECT_EQ(encode_png({pixels, 3, 2, 3, pixel_format::gray8}).error().code(), qr_errc::buffer_too_small);
    EXPECT_EQ(encode_png({pixels, 3, 1, 2, pixel_format::gray8}).error().code(), qr_errc::buffer_too_small);
    EXPECT_EQ(encode_png({pixels, 0, 1, 2, pixel_format::gray8}).error().code(), qr_errc::png_failed);
    EXPECT_EQ(encode_png({{}, 3, 1, 3, pixel_format::gray8}).error().code(), qr_errc::buffer_too_small);
    EXPECT_EQ(decode_png(as_bytes("no picture")).error().code(), qr_errc::not_png);
    EXPECT_EQ(decode_png({}).error().code(), qr_errc::not_png);
    auto file = render_png(version_4(), 2).value();
    EXPECT_EQ(decode_png(file, 100).error().code(), qr_errc::not_png);
    file.resize(file.size() / 2);
    EXPECT_EQ(decode_png(file).error().code(), qr_errc::not_png);
}

} // namespace
} // namespace cipherlane::qr
