// The pictures people look at, held to files beside this one. Another release of FreeType or of the font moves edges
// by a pixel: what is compared is how dark the surroundings of each point are. A letter that is missing, a word in
// another place or a code of another size is seen. To renew the files, after looking at them:
//     CIPHERLANE_RENEW_PICTURES=1 bin/unit_displays --gtest_filter='Pictures.*'
#include <cipherlane/drivers/display/panel/panel_painter.hpp>
#include <cipherlane/drivers/display/panel/text_page.hpp>
#include <cipherlane/qr/png.hpp>

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <functional>
#include <iterator>

namespace cipherlane::drivers {
namespace {

using namespace std::chrono_literals;

constexpr int around = 5;      // pixels to each side that are looked at together
constexpr int most_apart = 64; // of 255, between what two surroundings come to
constexpr int gutter = 4;      // between the screens of a sheet

/// Several screens of one size on one sheet.
class sheet {
  public:
    sheet(int width, int height, int screens, int columns)
        : columns_(columns)
        , width_(width + gutter)
        , height_(height + gutter)
        , picture_(columns * width_ + gutter, (screens + columns - 1) / columns * height_ + gutter,
              rgb565(128, 128, 160)) {}
    void add(const frame& screen) {
        const int left = gutter + next_ % columns_ * width_;
        const int top = gutter + next_ / columns_ * height_;
        for (int y = 0; y < screen.height(); ++y) {
            for (int x = 0; x < screen.width(); ++x)
                picture_.set(left + x, top + y, screen.at(x, y));
        }
        ++next_;
    }
    [[nodiscard]] const frame& picture() const { return picture_; }

  private:
    int columns_;
    int width_;
    int height_;
    int next_ = 0;
    frame picture_;
};

/// How dark the surroundings of each point of a picture are, 0 to 255.
class blurred {
  public:
    explicit blurred(const qr::gray_picture& from)
        : width_(static_cast<int>(from.width))
        , height_(static_cast<int>(from.height))
        , sums_((from.width + 1) * (from.height + 1)) {
        for (int y = 0; y < height_; ++y) {
            for (int x = 0; x < width_; ++x) {
                const auto one = from.pixels[static_cast<std::size_t>(y) * from.width + static_cast<std::size_t>(x)];
                sum(x + 1, y + 1) = one + sum(x, y + 1) + sum(x + 1, y) - sum(x, y);
            }
        }
    }
    [[nodiscard]] int at(int x, int y) const {
        const int left = std::max(x - around, 0);
        const int top = std::max(y - around, 0);
        const int right = std::min(x + around + 1, width_);
        const int bottom = std::min(y + around + 1, height_);
        const auto all = sum(right, bottom) - sum(left, bottom) - sum(right, top) + sum(left, top);
        return static_cast<int>(all / ((right - left) * (bottom - top)));
    }

  private:
    [[nodiscard]] std::int64_t& sum(int x, int y) { return sums_[index(x, y)]; }
    [[nodiscard]] const std::int64_t& sum(int x, int y) const { return sums_[index(x, y)]; }
    [[nodiscard]] std::size_t index(int x, int y) const {
        return static_cast<std::size_t>(y) * static_cast<std::size_t>(width_ + 1) + static_cast<std::size_t>(x);
    }
    int width_;
    int height_;
    std::vector<std::int64_t> sums_;
};

/// The largest difference of two pictures of one size, seen as if from a little farther away.
int apart(const qr::gray_picture& one, const qr::gray_picture& other) {
    const blurred first(one);
    const blurred second(other);
    int most = 0;
    for (int y = 0; y < static_cast<int>(one.height); y += 2) {
        for (int x = 0; x < static_cast<int>(one.width); x += 2)
            most = std::max(most, std::abs(first.at(x, y) - second.at(x, y)));
    }
    return most;
}

/// In sixteen shades, which is enough here and keeps the files small.
qr::gray_picture grey(const frame& picture) {
    qr::gray_picture made{static_cast<std::size_t>(picture.width()), static_cast<std::size_t>(picture.height()), {}};
    for (const auto one : picture.pixels())
        made.pixels.push_back(static_cast<std::uint8_t>((lightness(one) >> 4U) * 17));
    return made;
}

std::string golden(const std::string& name) {
    const char* root = std::getenv("CIPHERLANE_SOURCE_DIR");
    return std::string(root != nullptr ? root : ".") + "/tests/unit/drivers/display/pictures/" + name + ".png";
}

void write(const std::string& path, const qr::gray_picture& picture) {
    qr::raster_view view;
    view.pixels = picture.pixels;
    view.width = view.stride = picture.width;
    view.height = picture.height;
    const auto file = *qr::encode_png(view);
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(file.data()), static_cast<std::streamsize>(file.size()));
}

void expect_as_on_file(const frame& picture, const std::string& name) {
    const auto path = golden(name);
    if (std::getenv("CIPHERLANE_RENEW_PICTURES") != nullptr) return write(path, grey(picture));
    std::ifstream in(path, std::ios::binary);
    const bytes file{std::istreambuf_iterator<char>(in), {}};
    const auto wanted = qr::decode_png(file);
    ASSERT_TRUE(wanted) << path << ": " << wanted.error();
    const auto found = grey(picture);
    const bool same_size = wanted->width == found.width && wanted->height == found.height;
    const int difference = same_size ? apart(*wanted, found) : 255;
    if (difference <= most_apart) return;
    const auto left = ::testing::TempDir() + "picture_" + name + ".png";
    write(left, found);
    ADD_FAILURE() << name << ": " << difference << " of 255 apart, allowed " << most_apart << "; expected " << path
                  << ", drawn " << left;
}

ports::qr_view code(language in) {
    ports::qr_view view;
    view.payload = "https://qr.95516.com/00010000/62123456789012345678901234567890";
    view.total = "12.34"_cny;
    view.payee = in == language::chinese ? "星光咖啡" : "Corner Shop";
    view.valid_for = 60s;
    return view;
}

frame all_screens(panel_painter& painter, language in, int columns) {
    using enum ports::payment_outcome;
    const auto total = "12.34"_cny;
    sheet all(painter.width(), painter.height(), 9, columns);
    auto view = code(in);
    all.add(*painter.code(view));
    view.valid_for = 0s;
    view.total = "98765.43"_cny;
    view.payee =
        in == language::chinese ? "北京市朝阳区星光咖啡有限责任公司望京店" : "The Old Corner Coffee Roasting Co.";
    all.add(*painter.code(view));
    all.add(painter.total(total));
    all.add(in == language::chinese ? painter.text("欢迎光临", "请稍候") : painter.text("Welcome", "Please wait"));
    for (const auto what : {approved, declined, cancelled, expired, unknown})
        all.add(painter.outcome(what, total));
    return all.picture();
}

struct panel_row {
    const char* name;
    int width;
    int height;
    int columns;
    panel_painter::depth pixels;
};
/// The smallest and the largest panel of the table of displays, one of one bit, and one that lies.
constexpr panel_row panels[] = {
    {"160x80", 160, 80, 3, panel_painter::depth::rgb565},
    {"320x480", 320, 480, 5, panel_painter::depth::rgb565},
    {"128x64-one-bit", 128, 64, 3, panel_painter::depth::one_bit},
    {"480x320", 480, 320, 3, panel_painter::depth::rgb565},
};

TEST(Pictures, OfPanelsAreAsOnFile) {
    for (const auto& row : panels) {
        for (const auto in : {language::chinese, language::english}) {
            auto painter = panel_painter::create(row.width, row.height, wording::of(in), {}, row.pixels);
            ASSERT_TRUE(painter) << painter.error();
            const std::string name = std::string(row.name) + (in == language::chinese ? "-zh" : "-en");
            expect_as_on_file(all_screens(*painter, in, row.columns), name);
        }
    }
}

TEST(Pictures, OfAReceiptAreAsOnFile) {
    const auto page = paint_text_page("      TEST TEA HOUSE 测试茶馆\n"
                                      "--------------------------------\n"
                                      "TIME 日期时间2026-11-21 09:31:20\n"
                                      "AMOUNT 金额         RMB 1,111.10\n"
                                      "       APPROVED 交易成功\n"
                                      "MIX il1I 0O café\n");
    ASSERT_TRUE(page) << page.error();
    expect_as_on_file(*page, "receipt");
}

// Every letter stands in its own cell: what the next one draws never touches it.
TEST(Pictures, OfAReceiptKeepColumns) {
    const auto one = paint_text_page("WiW\niWi\n111\nTIM\n");
    ASSERT_TRUE(one);
    EXPECT_EQ(one->width(), 2 * 20 + 3 * 12);
    const auto column_is_empty = [&](int x) {
        for (int y = 0; y < one->height(); ++y) {
            if (lightness(one->at(x, y)) < 96) return false;
        }
        return true;
    };
    for (const int border : {20, 32, 44, 56})
        EXPECT_TRUE(column_is_empty(border) || column_is_empty(border - 1)) << border;
}

/// 53 bytes are a symbol of 33 modules with medium correction and of 29 with low: on 80 rows that is one pixel a
/// module against two.
TEST(Pictures, OfASmallCodeGiveCorrectionForLargerModules) {
    auto painter = panel_painter::create(160, 80, wording::english());
    ASSERT_TRUE(painter);
    auto view = code(language::english);
    view.payload = "https://qr.test.example/pay?order=" + std::string(19, 'x');
    const auto picture = painter->code(view);
    ASSERT_TRUE(picture) << picture.error();
    const auto& where = painter->layout().code;
    int dark = 0; // of the corner's finder, seven modules
    for (int y = where.top; y < where.bottom() && dark == 0; ++y) {
        for (int x = where.left; x < where.right() && (dark == 0 || lightness(picture->at(x, y)) < 128); ++x)
            dark += lightness(picture->at(x, y)) < 128 ? 1 : 0;
    }
    EXPECT_EQ(dark, 14);
}

/// Words are whole, or shorter ones: never letters that nobody can read.
TEST(Pictures, OfTheSmallestPanelHaveShortWords) {
    auto brief = wording::english();
    auto painter = panel_painter::create(128, 64, brief, {}, panel_painter::depth::one_bit);
    brief.scan = brief.scan_brief;
    brief.expired = brief.expired_brief;
    auto same = panel_painter::create(128, 64, brief, {}, panel_painter::depth::one_bit);
    ASSERT_TRUE(painter && same);
    EXPECT_EQ(*painter->code(code(language::english)), *same->code(code(language::english)));
    EXPECT_EQ(
        painter->outcome(ports::payment_outcome::expired, {}), same->outcome(ports::payment_outcome::expired, {}));
    auto large = panel_painter::create(320, 480, wording::english());
    auto other = panel_painter::create(320, 480, brief);
    ASSERT_TRUE(large && other);
    EXPECT_NE(*large->code(code(language::english)), *other->code(code(language::english)));
}

/// Rows of a box in which something dark stands.
int inked_rows(const frame& picture, const rectangle& box) {
    int rows = 0;
    for (int y = box.top; y < box.bottom(); ++y) {
        bool ink = false;
        for (int x = box.left; x < box.right(); ++x)
            ink = ink || lightness(picture.at(x, y)) < 128;
        rows += ink ? 1 : 0;
    }
    return rows;
}

/// A 9 that lost its side is a 3: no digit of an amount is smaller than can be read, on any glass and any screen.
TEST(Pictures, OfAmountsHaveDigitsThatCanBeRead) {
    for (const auto pixels : {panel_painter::depth::one_bit, panel_painter::depth::rgb565}) {
        const bool sharp = pixels == panel_painter::depth::one_bit;
        auto letters = font::open({}, font::spacing::proportional, sharp ? font::edges::sharp : font::edges::grey);
        ASSERT_TRUE(letters);
        frame eight(64, 64);
        letters->draw(eight, 0, 0, letters->smallest_clear(), "8", black, eight.bounds());
        const int least = inked_rows(eight, eight.bounds());
        ASSERT_GE(least, sharp ? 8 : 4);
        for (const auto& [width, height] : {std::pair{128, 64}, {160, 80}, {64, 64}}) {
            for (const auto in : {language::chinese, language::english}) {
                auto painter = panel_painter::create(width, height, wording::of(in), {}, pixels);
                ASSERT_TRUE(painter);
                std::vector<amount> all{"0.01"_cny, "12.34"_cny, "98765.43"_cny, "9999999.99"_cny};
                if (width > 64) all.push_back(*amount::parse("98765.43", currency{840, 2}));
                for (const auto& value : all) {
                    SCOPED_TRACE(std::to_string(width) + (sharp ? " one bit " : " ") + value.to_string());
                    auto view = code(in);
                    view.payload = "https://qr.test.example/1";
                    view.total = value;
                    const auto picture = painter->code(view);
                    ASSERT_TRUE(picture) << picture.error();
                    EXPECT_GE(inked_rows(*picture, painter->layout().money), least);
                    const auto end = painter->outcome(ports::payment_outcome::approved, value);
                    auto below = painter->layout().total;
                    below = {below.left, below.top, width - below.left, height - below.top};
                    EXPECT_GE(inked_rows(end, below), least);
                    EXPECT_GE(inked_rows(painter->total(value), {0, height / 2, width, height / 2}), least);
                }
            }
        }
    }
}

// The files are grey.
TEST(Pictures, OfOutcomesHaveTheirColours) {
    using enum ports::payment_outcome;
    auto painter = panel_painter::create(320, 480, wording::english());
    ASSERT_TRUE(painter);
    auto disc = [&](ports::payment_outcome what) {
        const auto& where = painter->layout().mark;
        return painter->outcome(what, {}).at(where.left + 8, where.top + where.height / 2);
    };
    EXPECT_EQ(disc(approved), rgb565(0, 128, 48));
    EXPECT_EQ(disc(declined), rgb565(184, 0, 0));
    EXPECT_EQ(disc(unknown), rgb565(176, 96, 0));
    for (const auto what : {approved, declined, cancelled, expired, unknown})
        EXPECT_LT(lightness(disc(what)), 128) << "black on a panel of one bit";
}

TEST(Pictures, AreComparedWithSomePatience) {
    auto painter = panel_painter::create(320, 480, wording::chinese());
    ASSERT_TRUE(painter);
    const auto drawn = *painter->code(code(language::chinese));
    frame moved(320, 480);
    for (int y = 0; y < 480; ++y) {
        for (int x = 1; x < 320; ++x)
            moved.set(x, y, drawn.at(x - 1, y));
    }
    EXPECT_LE(apart(grey(drawn), grey(moved)), most_apart) << "one pixel is what another FreeType does";
    auto shorter = code(language::chinese);
    shorter.payee = "星光咖";
    EXPECT_GT(apart(grey(drawn), grey(*painter->code(shorter))), most_apart) << "a letter is missing";
    auto cheaper = code(language::chinese);
    cheaper.total = "2.34"_cny;
    EXPECT_GT(apart(grey(drawn), grey(*painter->code(cheaper))), most_apart) << "a digit is missing";
}

} // namespace
} // namespace cipherlane::drivers
