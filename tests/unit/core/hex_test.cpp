#include <cipherlane/core/errc.hpp>
#include <cipherlane/core/hex.hpp>

#include <gtest/gtest.h>

namespace cipherlane {
namespace {

TEST(Hex, BothWays) {
    EXPECT_EQ(to_hex(*from_hex("00ffA5")), "00FFA5");
    EXPECT_TRUE(from_hex("")->empty());
}

TEST(Hex, RefusesWithTheOffset) {
    EXPECT_EQ(from_hex("123").error().code(), core_errc::odd_length);
    EXPECT_EQ(from_hex("12G4").error().offset(), 2U);
    EXPECT_EQ(from_hex("123G").error().offset(), 3U);
    EXPECT_TRUE(from_hex("zz").error().is(condition::bad_message));
}

} // namespace
} // namespace cipherlane
