#include <cipherlane/core/errc.hpp>
#include <cipherlane/core/hex.hpp>

#include <gtest/gtest.h>

namespace cipherlane {
namespace {

TEST(Hex, BothWays) {
    EXPECT_EQ(to_hex(*from_hex("00ffA5")), "00FFA5");
    EXPECT_TRUE(from_hex("")->empty());
}

TEST(Hex, TakesNothingButDigitsAtAnyPlace) {
    for (std::size_t at = 0; at < 10; ++at) { // eight together, and two alone
        for (int byte = 0; byte < 256; ++byte) {
            std::string text = "09afAF7c5E";
            text[at] = static_cast<char>(byte);
            const auto got = from_hex(text);
            ASSERT_EQ(got.has_value(), hex_value(text[at]) >= 0) << byte << " at " << at;
            if (!got) {
                ASSERT_EQ(got.error().offset(), at) << byte;
                continue;
            }
            const auto found = static_cast<int>((*got)[at / 2]);
            ASSERT_EQ(at % 2 == 0 ? found >> 4 : found & 0x0F, hex_value(text[at])) << byte << " at " << at;
        }
    }
}

TEST(Hex, RefusesWithTheOffset) {
    EXPECT_EQ(from_hex("123").error().code(), core_errc::odd_length);
    EXPECT_EQ(from_hex("12G4").error().offset(), 2U);
    EXPECT_EQ(from_hex("123G").error().offset(), 3U);
    EXPECT_TRUE(from_hex("zz").error().is(condition::bad_message));
}

} // namespace
} // namespace cipherlane
