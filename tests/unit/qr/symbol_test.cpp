#include "qr/readers.hpp"
#include "support/vectors.hpp"

#include <cipherlane/qr/errc.hpp>
#include <cipherlane/qr/symbol.hpp>

#include <gtest/gtest.h>

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

} // namespace
} // namespace cipherlane::qr
