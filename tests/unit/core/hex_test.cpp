#include <cipherlane/core/base64.hpp>
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

// RFC 4648, section 10.
TEST(Base64, FollowsTheStandard) {
    for (const auto& [clear, text] : std::initializer_list<std::pair<std::string_view, std::string_view>>{{"", ""},
             {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foobar", "Zm9vYmFy"}, {"\xFB\xFF", "+/8="}}) {
        EXPECT_EQ(to_base64(as_bytes(clear)), text);
        EXPECT_EQ(as_text(from_base64(text).value()), clear);
    }
}

TEST(Base64, OneTextMeansOneThing) {
    for (const char* text : {"Zg", "Zg=", "Zh==", "Zm9=", "Zg==Zg==", "Z===", "====", "Zm 9", "Zm9v\n", "Zm-_"})
        EXPECT_FALSE(from_base64(text)) << text;
}

} // namespace
} // namespace cipherlane
