#include <cipherlane/core/amount.hpp>
#include <cipherlane/core/errc.hpp>
#include <cipherlane/core/numeric_text.hpp>

#include <gtest/gtest.h>

#include <compare>
#include <limits>
#include <type_traits>

namespace cipherlane {
namespace {

TEST(Amount, ParsesAndPrints) {
    EXPECT_EQ(amount::parse("12.34")->minor(), 1234);
    EXPECT_EQ(amount::parse("12.3")->minor(), 1230);
    EXPECT_EQ(amount::parse("12")->minor(), 1200);
    EXPECT_EQ(amount::parse("9999999999.99")->minor(), amount::max_minor);
    EXPECT_EQ(amount(5).to_string(), "0.05");
    EXPECT_EQ(amount(1234).to_n12(), "000000001234");
    EXPECT_EQ(amount(1234, currency{392, 0}).to_string(), "1234");
}

TEST(Amount, RefusesWhatIsNoAmount) {
    for (const char* text : {"", ".", "1.", ".5", "-1", "1,000", "1.2.3", "1.234", "10000000000.00", " 1"}) {
        EXPECT_FALSE(amount::parse(text)) << text;
    }
    EXPECT_EQ(amount::parse("12x").error().offset(), 2U);
    EXPECT_EQ(amount::parse("1.234").error().code(), core_errc::out_of_range);
}

TEST(Amount, IsNeverMadeOfAFraction) {
    static_assert(!std::is_constructible_v<amount, double>);
    static_assert(!std::is_constructible_v<amount, float, currency>);
    static_assert(std::is_constructible_v<amount, int>);
    static_assert("12.34"_cny == amount(1234));
    static_assert("7"_cny == amount(700));
}

TEST(Amount, FromOutsideIsCheckedForItsRange) {
    EXPECT_EQ(amount::from_minor(amount::max_minor)->to_n12(), "999999999999");
    EXPECT_EQ(amount::from_minor(-5).error().code(), core_errc::out_of_range);
    EXPECT_EQ(amount::from_minor(amount::max_minor + 1).error().code(), core_errc::out_of_range);
}

TEST(Amount, OfTwoCurrenciesIsNeitherEqualNorOrdered) {
    static_assert(!std::three_way_comparable<amount>, "which currency it is is not known when it is compiled");
    const currency yen = find_currency(392).value();
    EXPECT_NE(amount(5), amount(5, yen));
    EXPECT_EQ(compare(amount(5), amount(6)), std::strong_ordering::less);
    EXPECT_EQ(compare(amount(6), amount(6)), std::strong_ordering::equal);
    EXPECT_EQ(compare(amount(7), amount(6)), std::strong_ordering::greater);
    EXPECT_EQ(compare(amount(5), amount(6, yen)), std::nullopt);
    EXPECT_TRUE(amount(5).is_within(amount(5)));
    EXPECT_FALSE(amount(6).is_within(amount(5)));
    EXPECT_FALSE(amount(5).is_within(amount(6, yen)));
    EXPECT_FALSE(amount(6, yen).is_within(amount(5)));
}

TEST(Amount, ADifferenceBelowZeroKeepsItsDecimals) {
    EXPECT_EQ(amount(-5).to_string(), "-0.05");
    EXPECT_EQ(amount(-50).to_string(), "-0.50");
    EXPECT_EQ(amount(-12345).to_string(), "-123.45");
    EXPECT_EQ(amount(-7, find_currency(392).value()).to_string(), "-7");
    EXPECT_EQ(amount(-7, find_currency(414).value()).to_string(), "-0.007");
    EXPECT_EQ(amount(std::numeric_limits<std::int64_t>::min()).to_string(), "-92233720368547758.08");
}

TEST(Currency, HasItsExponentFromIso4217) {
    EXPECT_EQ(find_currency(156), cny);
    EXPECT_EQ(find_currency(392), (currency{392, 0}));
    EXPECT_EQ(find_currency(414), (currency{414, 3}));
    EXPECT_EQ(find_currency(344)->decimals, 2);
    EXPECT_FALSE(find_currency(0));
    EXPECT_FALSE(find_currency(999)) << "no currency";
    EXPECT_EQ(letters_of(cny), "CNY");
    EXPECT_EQ(letters_of(currency{392, 0}), "JPY");
    EXPECT_EQ(letters_of(currency{999, 2}), "");
}

TEST(NumericText, IsANumberOfDigitsAlone) {
    EXPECT_EQ(number_of("000123"), 123);
    EXPECT_EQ(number_of("999999999999999999"), 999'999'999'999'999'999);
    for (const char* other : {"", " 1", "+1", "-1", "1 ", "0x1", "1a", "1000000000000000000"})
        EXPECT_FALSE(number_of(other)) << other;
}

TEST(NumericText, AnAmountIsTwelveDigits) {
    const currency yen{392, 0};
    EXPECT_EQ(amount_of_n12("000000001234", yen), amount(1234, yen));
    EXPECT_EQ(amount_of_n12(amount(amount::max_minor).to_n12()), amount(amount::max_minor));
    for (const char* other : {"", "1234", "0000000012345", "00000000123 ", "-00000001234", "00000000123C"})
        EXPECT_FALSE(amount_of_n12(other)) << other;
}

} // namespace
} // namespace cipherlane
