#include <cipherlane/core/bcd.hpp>
#include <cipherlane/core/errc.hpp>
#include <cipherlane/core/hex.hpp>

#include <gtest/gtest.h>

namespace cipherlane {
namespace {

// Field 22 "021" goes out as 0210 and field 23 "001" as 0001 (UnionPay POS dialect, field table).
TEST(Bcd, PadsOnTheSideTheFieldAsks) {
    EXPECT_EQ(to_hex(*pack_bcd("021", bcd_pad::right)), "0210");
    EXPECT_EQ(to_hex(*pack_bcd("001", bcd_pad::left)), "0001");
    EXPECT_EQ(to_hex(*pack_bcd("123456", bcd_pad::left)), "123456");
    EXPECT_EQ(to_hex(*pack_bcd("", bcd_pad::left)), "");
}

TEST(Bcd, GivesTheDigitsBack) {
    EXPECT_EQ(*unpack_bcd(*from_hex("0210"), 3, bcd_pad::right), "021");
    EXPECT_EQ(*unpack_bcd(*from_hex("0001"), 3, bcd_pad::left), "001");
}

TEST(Bcd, NamesTheOffsetOfABadDigit) {
    EXPECT_EQ(pack_bcd("12a4", bcd_pad::left).error().offset(), 2U);
    const auto bad = unpack_bcd(*from_hex("12A4"), 4, bcd_pad::left);
    ASSERT_FALSE(bad);
    EXPECT_EQ(bad.error().code(), core_errc::not_digits);
    EXPECT_EQ(bad.error().offset(), 1U);
    EXPECT_EQ(unpack_bcd(*from_hex("12"), 3, bcd_pad::left).error().code(), core_errc::wrong_length);
}

} // namespace
} // namespace cipherlane
