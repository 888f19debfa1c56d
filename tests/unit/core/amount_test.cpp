#include <cipherlane/core/amount.hpp>
#include <cipherlane/core/errc.hpp>

#include <gtest/gtest.h>

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

} // namespace
} // namespace cipherlane
