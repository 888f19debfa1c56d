#include "support/lane/lane_rig.hpp"

#include <cipherlane/acquiring/errc.hpp>

#include <gtest/gtest.h>

namespace cipherlane::tests {
namespace {

using namespace std::chrono_literals;

result<acquiring::balance_report> ask(lane_rig& rig) {
    return acquiring::balance(rig.lane()).run({}, soon());
}

TEST(Balance, IsReadFromField54) {
    lane_rig rig;
    ASSERT_TRUE(rig.sign_in());
    rig.host.watch = [](const iso8583::message_view& view) {
        EXPECT_EQ(view.mti(), "0200");
        EXPECT_TRUE(view.equals(3, "310000"));
        EXPECT_TRUE(view.equals(2, test_pan));
        EXPECT_TRUE(view.equals(22, "021"));
        EXPECT_TRUE(view.equals(49, "156"));
        EXPECT_TRUE(view.equals(60, "01000001000500")) << view.value(60);
        EXPECT_FALSE(view.has(4));
    };
    const auto report = ask(rig);
    ASSERT_TRUE(report) << report.error();
    EXPECT_TRUE(report->answered);
    EXPECT_EQ(report->balance, amount(123456));
    EXPECT_FALSE(report->negative);
    EXPECT_EQ(report->masked_pan, "622200*********0004");
    EXPECT_EQ(report->host_text, "TEXT OF THE HOST");
    EXPECT_EQ(rig.pinpad.last_line, "THANK YOU");
    EXPECT_TRUE(rig.records().empty()) << "no money, no record";
}

TEST(Balance, ThatTheHostRefusesIsAReport) {
    lane_rig rig;
    ASSERT_TRUE(rig.sign_in());
    rig.host.mood.balance_code = "55";
    const auto report = ask(rig);
    ASSERT_TRUE(report) << report.error();
    EXPECT_FALSE(report->answered);
    EXPECT_EQ(report->host_code, "55");
}

TEST(Balance, InSilenceIsATimeOutAndNothingIsReversed) {
    lane_rig rig;
    ASSERT_TRUE(rig.sign_in());
    rig.host.mood.answer_lost = true;
    const auto messages = rig.books.messages;
    const auto report = ask(rig);
    ASSERT_FALSE(report);
    EXPECT_TRUE(report.error().is(condition::timed_out)) << report.error();
    EXPECT_EQ(report.error().trace(), 2U);
    EXPECT_EQ(rig.books.messages, messages + 1);
}

TEST(Balance, IsAskedForInTheTerminalsCurrency) {
    auto settings = rig_settings();
    settings.unit = find_currency(344).value();
    lane_rig rig(settings);
    ASSERT_TRUE(rig.sign_in());
    rig.host.watch = [](const iso8583::message_view& view) { EXPECT_TRUE(view.equals(49, "344")); };
    EXPECT_EQ(ask(rig)->balance.unit(), settings.unit);
}

} // namespace
} // namespace cipherlane::tests
