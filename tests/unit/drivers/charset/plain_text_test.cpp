#include "charset/plain_text.hpp"

#include <cipherlane/drivers/errc.hpp>

#include <gtest/gtest.h>

namespace cipherlane::drivers {
namespace {

TEST(PlainText, NamesTheByteThatCannotBeSent) {
    EXPECT_TRUE(check_plain_utf8("星光 ¥1", "payee"));
    for (std::string_view text : {"ab\x80", "ab\n", "ab\xC2\x9B", "ab\x7F"}) {
        auto checked = check_plain_utf8(text, "payee");
        ASSERT_FALSE(checked) << text;
        EXPECT_EQ(checked.error().code(), drivers_errc::unsendable_text);
        EXPECT_EQ(checked.error().field(), "payee");
        EXPECT_EQ(checked.error().offset(), 2U);
    }
    EXPECT_EQ(check_plain_ascii("abé", "line1").error().offset(), 2U);
    EXPECT_EQ(check_length("abc", 2, "line1").error().code(), drivers_errc::too_long);
}

} // namespace
} // namespace cipherlane::drivers
