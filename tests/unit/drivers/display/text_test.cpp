#include "../../../../drivers/src/display/text.hpp"

#include <gtest/gtest.h>

namespace cipherlane::drivers {
namespace {

TEST(utf8, takes_code_points) {
    std::string_view text = "A¥付\xF0\x9F\x92\xB3";
    std::u32string points;
    while (!text.empty()) {
        auto point = take_code_point(text);
        ASSERT_TRUE(point);
        points.push_back(*point);
    }
    EXPECT_EQ(points, U"A\u00A5\u4ED8\U0001F4B3");
}

TEST(utf8, refuses_what_is_not_well_formed) {
    for (std::string_view text : {"\x80", "\xC3", "\xC0\x80", "\xE0\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80",
             "\xF8\x88\x80\x80\x80", "\xE4\xBB",
             "\xE4"
             "A\x98"}) {
        auto rest = text;
        EXPECT_FALSE(take_code_point(rest));
        EXPECT_FALSE(check_plain_utf8(text, "x"));
    }
}

} // namespace
} // namespace cipherlane::drivers
