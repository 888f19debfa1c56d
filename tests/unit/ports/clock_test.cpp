#include <cipherlane/ports/clock.hpp>

#include <gtest/gtest.h>

namespace cipherlane::ports {
namespace {

using std::chrono::sys_days;
using namespace std::chrono_literals;

constexpr auto new_year_in_china = sys_days{std::chrono::year{2026} / 12 / 31} + 16h; // 00:00 on 1 January 2027

TEST(Clock, ChinaIsEightHoursAheadAllYear) {
    EXPECT_EQ(to_civil(new_year_in_china).to_string(), "2027-01-01 00:00:00");
    EXPECT_EQ(to_civil(new_year_in_china - 1s).to_string(), "2026-12-31 23:59:59");
    EXPECT_EQ(to_civil(sys_days{std::chrono::year{2026} / 7 / 1}).hhmmss(), "080000");
}

TEST(Clock, TheYearOfAHostDateIsTheNearest) {
    EXPECT_EQ(infer_year("1231", new_year_in_china), "20261231");
    EXPECT_EQ(infer_year("0101", new_year_in_china), "20270101");
    EXPECT_EQ(infer_year("0101", new_year_in_china - 1h), "20270101");
    EXPECT_EQ(infer_year("1121", sys_days{std::chrono::year{2026} / 11 / 21}), "20261121");
}

TEST(Clock, ADateThatIsNoneHasNoYear) {
    EXPECT_EQ(infer_year("1301", new_year_in_china), "");
    EXPECT_EQ(infer_year("0230", new_year_in_china), "");
    EXPECT_EQ(infer_year("12", new_year_in_china), "");
    EXPECT_EQ(infer_year("1A01", new_year_in_china), "");
}

TEST(Clock, TheLeapDayIsFoundInItsLeapYear) {
    EXPECT_EQ(infer_year("0229", sys_days{std::chrono::year{2027} / 1 / 5}), "20280229");
}

} // namespace
} // namespace cipherlane::ports
