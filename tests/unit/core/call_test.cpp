#include <cipherlane/core/call.hpp>

#include <gtest/gtest.h>

#include <chrono>

namespace cipherlane {
namespace {

using namespace std::chrono_literals;

std::chrono::milliseconds left_of(const call& bounds) {
    return bounds.until().left();
}

TEST(Call, IsMadeOfADurationWhereverOneIsTaken) {
    EXPECT_GT(left_of(20s), 19s);
    EXPECT_LE(left_of(20s), 20s);
    EXPECT_GT(left_of(2min), 119s);
}

TEST(Call, OfTheLongestDurationNeverEnds) {
    for (const auto span : {std::chrono::milliseconds::max(), std::chrono::milliseconds::max() / 2}) {
        EXPECT_EQ(call(span).until().at(), deadline::clock::time_point::max());
        EXPECT_GT(left_of(span), std::chrono::hours(24 * 365));
    }
    EXPECT_EQ(call(std::chrono::hours::max()).until().at(), deadline::clock::time_point::max());
    EXPECT_FALSE(call(std::chrono::milliseconds::max()).until().passed());
}

TEST(Call, ATimerInsideItEndsEarlierNeverLater) {
    const call bounds(10s);
    EXPECT_LE(left_of(bounds.no_later_than(1s)), 1s);
    EXPECT_EQ(bounds.no_later_than(std::chrono::milliseconds::max()).until().at(), bounds.until().at());
    EXPECT_TRUE(call(-1s).until().passed());
    EXPECT_EQ(left_of(-1s), 0ms);
}

} // namespace
} // namespace cipherlane
