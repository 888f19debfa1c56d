#include <cipherlane/core/errc.hpp>
#include <cipherlane/core/pan.hpp>

#include <gtest/gtest.h>

#include <sstream>

namespace cipherlane {
namespace {

TEST(Pan, PrintsFirstSixAndLastFourOnly) {
    std::ostringstream out;
    out << *pan::parse("6222000000000000004");
    EXPECT_EQ(out.str(), "622200*********0004");
    EXPECT_EQ(pan::parse("123456789012")->masked(), "************");
}

TEST(Pan, ChecksItsDigits) {
    EXPECT_TRUE(pan::parse("6222000000000017")->luhn_ok());
    EXPECT_FALSE(pan::parse("6222000000000018")->luhn_ok());
    EXPECT_EQ(pan::parse("62220000x0000017").error().offset(), 8U);
    EXPECT_EQ(pan::parse("1234567").error().code(), core_errc::wrong_length);
    EXPECT_EQ(pan::parse("12345678901234567890").error().code(), core_errc::wrong_length);
}

TEST(Pan, LeavesNothingBehindWhenMoved) {
    pan first = *pan::parse("6222000000000017");
    const pan second = std::move(first);
    EXPECT_EQ(first.size(), 0U); // NOLINT(bugprone-use-after-move): that is the point
    EXPECT_EQ(second.expose(), "6222000000000017");
    EXPECT_TRUE(second.clone() == second);
}

} // namespace
} // namespace cipherlane
