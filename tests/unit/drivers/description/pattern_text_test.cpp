#include "description/pattern_text.hpp"
#include "support/bytes.hpp"

#include <gtest/gtest.h>

namespace cipherlane::drivers {
namespace {

using tests::hex;

TEST(PatternText, IsBytesTextAndValuesWithOrWithoutBlanks) {
    const std::string text = "10{part:u8} 'AT+' {code}0D0A";
    const auto pieces = split_pattern(text);
    ASSERT_TRUE(pieces);
    ASSERT_EQ(pieces->size(), 5U);
    EXPECT_EQ((*pieces)[0].literal, hex("10"));
    EXPECT_EQ((*pieces)[1].value, "part:u8");
    EXPECT_EQ((*pieces)[2].literal, hex("41542B"));
    EXPECT_EQ((*pieces)[3].value, "code");
    EXPECT_EQ((*pieces)[4].literal, hex("0D0A"));
    EXPECT_TRUE(split_pattern("  ")->empty());
}

TEST(PatternText, RefusesWhatIsNone) {
    for (const auto* text : {"1", "1G", "''", "{}", "'open", "{open", "10 }"})
        EXPECT_FALSE(split_pattern(text)) << text;
    EXPECT_EQ(parse_literal("02 'A' 03"), hex("024103"));
    EXPECT_FALSE(parse_literal("02 {code}"));
}

} // namespace
} // namespace cipherlane::drivers
