#include <cipherlane/core/base64.hpp>
#include <cipherlane/core/errc.hpp>

#include <gtest/gtest.h>

namespace cipherlane {
namespace {

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

TEST(Base64, IntoWipedMemoryTheSame) {
    EXPECT_EQ(as_text(secret_from_base64("Zm9vYg==").value().expose()), "foob");
    EXPECT_EQ(secret_from_base64("Zm9vYg").error().code(), core_errc::wrong_length);
    EXPECT_EQ(as_text(secret_from_base64("Zm9vYg", base64_padding::optional).value().expose()), "foob");
    // Half a padding, one character alone and bits left over stay refused.
    for (const char* text : {"Zm9vYg=", "Zm9vY", "Zm9vYh", "Z===", "===="})
        EXPECT_FALSE(secret_from_base64(text, base64_padding::optional)) << text;
}

} // namespace
} // namespace cipherlane
