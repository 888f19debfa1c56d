#include "codewords.hpp"
#include "drawing.hpp"
#include "qr/readers.hpp"
#include "support/vectors.hpp"

#include <cipherlane/qr/errc.hpp>
#include <cipherlane/qr/symbol.hpp>

#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <qrencode.h>

namespace cipherlane::qr {
namespace {

// 133 characters of mixed case: a one-mode encoder needs version 8 at level M.
constexpr std::string_view mixed =
    "00020101021229300012D156000000000510A93FO3230Q5204411153031565405123.455802CN5914Best Transport6007Beijing"
    "62190515ORDER2024112100";

TEST(Symbol, SmallestVersion) {
    const auto made = symbol::encode(mixed);
    ASSERT_TRUE(made) << made.error();
    EXPECT_EQ(made->version(), 6);
    EXPECT_EQ(made->modules().size(), 41U);
    EXPECT_EQ(symbol::encode("1234")->version(), 1);
    EXPECT_EQ(symbol::encode("https://qr.alipay.com/bax0123456789abcdefgh")->version(), 3);
    EXPECT_EQ(symbol::encode("https://qr.95516.com/00010000/01000000000000000000000000000000")->version(), 4);
}

TEST(Symbol, NeverLargerThanTheLibraryAlone) {
    for (const auto& row : tests::load_vectors("qr_mpm.csv")) {
        SCOPED_TRACE(row["id"]);
        const auto& text = row["payload"];
        QRcode* code = QRcode_encodeString(text.c_str(), 0, QR_ECLEVEL_M, QR_MODE_8, 1);
        ASSERT_NE(code, nullptr);
        EXPECT_LE(symbol::encode(text, {.raise = ec_raise::never})->version(), code->version);
        QRcode_free(code);
    }
}

TEST(Symbol, CapacityOfEveryVersionAndLevel) {
    // The longest byte text of each version and level goes in, one more byte does not: the table agrees with the
    // library.
    for (const auto level : {ec_level::low, ec_level::medium, ec_level::quartile, ec_level::high}) {
        std::size_t size = 0;
        for (int version = 1; version <= 40; ++version) {
            const symbol_options options{.least = level, .raise = ec_raise::never, .largest_version = version};
            auto fits = [&](std::size_t count) {
                return symbol::encode(std::string(count, 'x'), options).has_value();
            };
            // The library refuses (or grows) a symbol whose capacity the table puts too high.
            for (const std::size_t step : {128U, 32U, 8U, 1U}) {
                while (fits(size + step))
                    size += step;
            }
            QRcode* code =
                QRcode_encodeString8bit(std::string(size + 1, 'x').c_str(), 0, static_cast<QRecLevel>(level));
            EXPECT_EQ(code == nullptr ? 41 : code->version, version + 1) << to_char(level) << size;
            QRcode_free(code);
        }
    }
}

TEST(Symbol, LevelIsRaisedWithinTheVersion) {
    const auto raised = symbol::encode("1234");
    EXPECT_EQ(raised->version(), 1);
    EXPECT_EQ(raised->level(), ec_level::high);
    const auto kept = symbol::encode("1234", {.raise = ec_raise::never});
    EXPECT_EQ(kept->level(), ec_level::medium);
    EXPECT_EQ(to_char(kept->level()), 'M');
}

TEST(Symbol, RefusesWhatDoesNotFit) {
    EXPECT_EQ(symbol::encode("").error().code(), qr_errc::empty_text);
    EXPECT_EQ(symbol::encode(std::string(2332, 'x')).error().code(), qr_errc::text_too_long);
    EXPECT_TRUE(symbol::encode(std::string(2331, 'x')));
    EXPECT_TRUE(symbol::encode(std::string(7089, '1'), {.least = ec_level::low}));
    EXPECT_EQ(
        symbol::encode(std::string(7090, '1'), {.least = ec_level::low}).error().code(), qr_errc::text_too_long);
    EXPECT_EQ(symbol::encode(mixed, {.largest_version = 5}).error().code(), qr_errc::text_too_long);
}

TEST(Symbol, FinderPatternsAreDark) {
    const auto made = symbol::encode("weixin://wxpay/bizpayurl?pr=abcdefg");
    const auto& modules = made->modules();
    for (std::size_t i = 0; i < 7; ++i) {
        EXPECT_TRUE(modules.dark(i, 0));
        EXPECT_TRUE(modules.dark(0, i));
        EXPECT_TRUE(modules.dark(modules.size() - 1 - i, 0));
        EXPECT_TRUE(modules.dark(i, modules.size() - 1));
    }
    EXPECT_FALSE(modules.dark(7, 7));
    EXPECT_TRUE(modules.dark(8, modules.size() - 8));
    EXPECT_EQ(modules.row(0)[0] & 0x7FU, 0x7FU);
}

TEST(Symbol, ReadBackByTwoReaders) {
    for (const auto& row : tests::load_vectors("qr_mpm.csv")) {
        SCOPED_TRACE(row["id"]);
        const auto& text = row["payload"];
        for (const auto raise : {ec_raise::never, ec_raise::within_version}) {
            const auto made = symbol::encode(text, {.raise = raise});
            ASSERT_TRUE(made) << made.error();
            const auto picture = tests::picture_of(*made, 4);
            EXPECT_EQ(tests::read_with_zxing(picture), text);
            EXPECT_EQ(tests::read_with_zbar(picture), text);
        }
    }
}

TEST(Symbol, EveryCutReadsBack) {
    // Runs of digits, capitals and bytes whose lengths lie around the points where a change of mode begins to pay.
    for (std::size_t digits = 0; digits < 20; ++digits) {
        for (std::size_t capitals = 0; capitals < 20; capitals += 3) {
            const std::string text = "a" + std::string(digits, '7') + std::string(capitals, 'Q') + "/b$" +
                                     std::string(digits / 2, '0') + "京";
            const auto made = symbol::encode(text);
            ASSERT_TRUE(made) << made.error();
            EXPECT_EQ(tests::read_with_zxing(tests::picture_of(*made, 2)), text);
        }
    }
}

struct free_code {
    void operator()(QRcode* code) const noexcept { QRcode_free(code); }
};
using library_symbol = std::unique_ptr<QRcode, free_code>;

/// What libqrencode makes of one run of bytes in a version and level.
library_symbol by_library(const std::string& text, int version, std::size_t level) {
    QRinput* input = QRinput_new2(version, static_cast<QRecLevel>(level));
    const auto data = as_bytes(text);
    EXPECT_EQ(QRinput_append(input, QR_MODE_8, static_cast<int>(data.size()), data.data()), 0);
    library_symbol made(QRcode_encodeInput(input));
    QRinput_free(input);
    return made;
}

/// The mask in the format information beside the upper left finder: bits 2 to 0 of the data, turned by 101.
unsigned mask_of(const QRcode& code) {
    const auto dark = [&](int x, int y) { return code.data[y * code.width + x] & 1U; };
    return (dark(2, 8) << 2U | dark(3, 8) << 1U | dark(4, 8)) ^ 5U;
}

module_matrix drawn(const std::string& text, int version, std::size_t level, unsigned mask) {
    const detail::segment all{detail::segment_mode::byte, 0, text.size()};
    const auto& widths = detail::version_classes[version < 10 ? 0 : version < 27 ? 1 : 2];
    module_matrix made(static_cast<std::size_t>(17 + 4 * version));
    detail::draw_symbol(version, level, detail::make_codewords(text, {&all, 1}, widths, version, level), mask, made);
    return made;
}

TEST(Symbol, ModuleByModuleLikeTheLibraryInEveryVersionAndLevel) {
    unsigned seen = 0;
    for (int version = 1; version <= 40; ++version) {
        for (std::size_t level = 0; level < 4; ++level) {
            SCOPED_TRACE(std::to_string(version) + " " + std::to_string(level));
            // Two bytes or three less than fit, so that the fill is there, too.
            std::string text(detail::data_codewords(version, level) - 5 + level % 2, '\0');
            for (std::size_t i = 0; i < text.size(); ++i)
                text[i] = static_cast<char>(i * 73 + level * 31 + static_cast<std::size_t>(version));
            const auto expected = by_library(text, version, level);
            ASSERT_NE(expected, nullptr);
            ASSERT_EQ(expected->version, version);
            seen |= 1U << mask_of(*expected);
            const auto made = drawn(text, version, level, mask_of(*expected));
            std::size_t wrong = 0;
            for (std::size_t y = 0; y < made.size(); ++y) {
                for (std::size_t x = 0; x < made.size(); ++x) {
                    if (made.dark(x, y) != ((expected->data[y * made.size() + x] & 1U) != 0)) ++wrong;
                }
            }
            EXPECT_EQ(wrong, 0U);
        }
    }
    EXPECT_EQ(seen, 0xFFU); // every mask was compared
}

/// Penalty points module by module, as ISO/IEC 18004:2015, 7.8.3.1 has them in words.
int points_of(const module_matrix& symbol) {
    const auto size = static_cast<int>(symbol.size());
    const auto dark = [&](int x, int y, bool turned) {
        if (x < 0 || y < 0 || x >= size || y >= size) return false; // the quiet zone is light
        return turned ? symbol.dark(static_cast<std::size_t>(y), static_cast<std::size_t>(x))
                      : symbol.dark(static_cast<std::size_t>(x), static_cast<std::size_t>(y));
    };
    int points = 0;
    int all_dark = 0;
    for (const bool turned : {false, true}) {
        for (int y = 0; y < size; ++y) {
            for (int x = 0, run = 0; x < size; ++x) {
                run = x > 0 && dark(x, y, turned) == dark(x - 1, y, turned) ? run + 1 : 1;
                if (run == 5) points += 3;
                if (run > 5) ++points;
            }
            for (int x = 0; x + 7 <= size; ++x) {
                bool pattern = true;
                for (int i = 0; i < 7; ++i)
                    pattern = pattern && dark(x + i, y, turned) == (i != 1 && i != 5);
                bool before = true;
                bool after = true;
                for (int i = 1; i <= 4; ++i) {
                    before = before && !dark(x - i, y, turned);
                    after = after && !dark(x + 6 + i, y, turned);
                }
                if (pattern && (before || after)) points += 40;
            }
        }
    }
    for (int y = 0; y < size; ++y) {
        for (int x = 0; x < size; ++x) {
            const bool colour = dark(x, y, false);
            all_dark += colour ? 1 : 0;
            const bool inside = x + 1 < size && y + 1 < size;
            if (inside && dark(x + 1, y, false) == colour && dark(x, y + 1, false) == colour &&
                dark(x + 1, y + 1, false) == colour) {
                points += 3;
            }
        }
    }
    const double percent = 100.0 * all_dark / (size * size);
    return points + 10 * static_cast<int>(std::abs(percent - 50) / 5);
}

TEST(Symbol, TheMaskIsTheOneWithTheFewestPoints) {
    for (const int version : {1, 6, 7, 11, 12, 20, 27, 28, 40}) {
        SCOPED_TRACE(version);
        const std::string text(detail::data_codewords(version, 1) - 4, 'k');
        const auto made = symbol::encode(text, {.raise = ec_raise::never});
        ASSERT_TRUE(made) << made.error();
        ASSERT_EQ(made->version(), version);
        int least = points_of(drawn(text, version, 1, 0));
        for (unsigned mask = 1; mask < detail::masks; ++mask)
            least = std::min(least, points_of(drawn(text, version, 1, mask)));
        EXPECT_EQ(points_of(made->modules()), least);
    }
}

} // namespace
} // namespace cipherlane::qr
