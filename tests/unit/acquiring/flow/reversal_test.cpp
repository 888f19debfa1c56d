#include "support/lane/lane_rig.hpp"

#include <cipherlane/acquiring/errc.hpp>

#include <gtest/gtest.h>

namespace cipherlane::tests {
namespace {

using acquiring::verdict;
using ports::record_state;

TEST(Reversal, CanWaitForTheNextTrade) {
    auto settings = rig_settings();
    settings.reversal.when = acquiring::reversal_time::before_next_trade;
    lane_rig rig(settings);
    ASSERT_TRUE(rig.sign_in());
    rig.host.mood.answer_lost = true;
    rig.host.mood.spoiled_answers = 1;
    const auto end = rig.sell("order-1", 500);
    ASSERT_TRUE(end) << end.error();
    EXPECT_EQ(end->outcome, verdict::unknown);
    EXPECT_EQ(rig.books.taken(), 500);
    ASSERT_TRUE(rig.sell("order-2", 700));
    EXPECT_EQ(rig.books.taken(), 700);
    EXPECT_EQ(rig.booked(), 700);
}

TEST(Reversal, WithoutAnAnswerBlocksAndSurvives) {
    auto settings = rig_settings();
    lane_rig rig(settings);
    ASSERT_TRUE(rig.sign_in());
    rig.host.mood.seal = host_mood::mac::wrong; // nothing that comes is believed
    const auto end = rig.sell("order-1", 500);
    ASSERT_TRUE(end) << end.error();
    EXPECT_EQ(end->outcome, verdict::unknown);
    const auto requests = rig.host.requests;
    ASSERT_EQ(requests.size(), 1U + 1U + 3U) << "sign-in, sale, three reversals";
    EXPECT_EQ(requests[2], requests[3]) << "byte for byte the same";
    EXPECT_EQ(requests[3], requests[4]);
    rig.restart();
    const auto blocked = rig.sell("order-2", 700);
    ASSERT_FALSE(blocked);
    EXPECT_EQ(blocked.error().code(), acquiring_errc::reversal_pending);
    EXPECT_EQ(blocked.error().trace(), end->trace);
    EXPECT_EQ(rig.host.requests.back(), requests[2]) << "the same after a restart";
    rig.host.mood = host_mood();
    const auto next = rig.sell("order-2", 700);
    ASSERT_TRUE(next) << next.error();
    EXPECT_EQ(next->outcome, verdict::approved);
    EXPECT_EQ(rig.books.taken(), 700);
    EXPECT_EQ(rig.booked(), 700);
    const auto first = rig.sell("order-1", 500);
    ASSERT_TRUE(first);
    EXPECT_EQ(first->outcome, verdict::reversed);
}

TEST(Reversal, OfAnEarlierDayIsSentAndRaised) {
    lane_rig rig;
    ASSERT_TRUE(rig.sign_in());
    rig.host.mood.seal = host_mood::mac::wrong;
    ASSERT_TRUE(rig.sell("order-1", 500));
    rig.host.mood = host_mood();
    rig.clock.time += std::chrono::days(2);
    rig.restart();
    ASSERT_TRUE(rig.sell("order-2", 700));
    ASSERT_FALSE(rig.seen.alerts().empty());
    EXPECT_EQ(rig.seen.alerts().back().kind, acquiring::alert_kind::aged_reversal);
    EXPECT_EQ(rig.books.taken(), 700);
}

TEST(Reversal, ThatIsRefusedIsRaisedNotLost) {
    lane_rig rig;
    ASSERT_TRUE(rig.sign_in());
    rig.host.mood.seal = host_mood::mac::wrong;
    ASSERT_TRUE(rig.sell("order-1", 500));
    rig.host.mood = host_mood();
    rig.host.mood.reversal_code = "30";
    ASSERT_TRUE(rig.sell("order-2", 700));
    const auto records = rig.records();
    EXPECT_EQ(records[0].state, record_state::reversal_refused);
    ASSERT_FALSE(rig.seen.alerts().empty());
    EXPECT_EQ(rig.seen.alerts().back().kind, acquiring::alert_kind::reversal_refused);
}

TEST(Reversal, StaysPendingOnPassingCodes) {
    for (const char* code : {"68", "90", "91", "92", "96", "98"}) {
        lane_rig rig;
        ASSERT_TRUE(rig.sign_in());
        rig.host.mood.reversal_code = code;
        rig.host.watch = [&](const iso8583::message_view& view) { rig.host.mood.answer_lost = view.mti() == "0200"; };
        const auto end = rig.sell("order-1", 500);
        ASSERT_TRUE(end) << end.error();
        EXPECT_EQ(end->outcome, verdict::unknown) << code;
        EXPECT_EQ(rig.records()[0].state, record_state::reversal_pending) << code;
        EXPECT_EQ(rig.records()[0].reversal_sends, 3U) << code;
        rig.host.watch = {};
        const auto blocked = rig.sell("order-2", 1);
        ASSERT_FALSE(blocked) << code;
        EXPECT_EQ(blocked.error().code(), acquiring_errc::reversal_pending) << code;
        rig.host.mood = host_mood();
        EXPECT_TRUE(rig.sell("order-2", 1)->ok());
        EXPECT_EQ(rig.records()[0].state, record_state::reversed) << code;
        EXPECT_EQ(rig.books.taken(), 1);
    }
}

TEST(Reversal, ForTheCardThatIsNotAnsweredBlocksLikeAnyOther) {
    lane_rig rig;
    ASSERT_TRUE(rig.sign_in());
    rig.pinpad.chip = rig.pinpad.card_declines = true;
    rig.host.watch = [&](const iso8583::message_view& view) { rig.host.mood.answer_lost = view.mti() == "0400"; };
    EXPECT_EQ(rig.sell("order-1", 1234)->outcome, verdict::unknown);
    rig.restart();
    EXPECT_EQ(rig.sell("order-2", 1).error().code(), acquiring_errc::reversal_pending);
    rig.host.watch = {};
    rig.host.mood = host_mood();
    rig.pinpad.card_declines = false;
    EXPECT_TRUE(rig.sell("order-2", 1)->ok());
    EXPECT_EQ(rig.books.taken(), 1);
    EXPECT_EQ(rig.booked(), 1);
}

TEST(Reversal, OfAnUnexpectedCodeIsKeptWhereTheSettingsSaySo) {
    auto settings = rig_settings();
    settings.reversal.unexpected = acquiring::unexpected_reversal_code::keeps_pending;
    lane_rig rig(settings);
    ASSERT_TRUE(rig.sign_in());
    rig.host.mood.reversal_code = "30";
    rig.host.watch = [&](const iso8583::message_view& view) { rig.host.mood.answer_lost = view.mti() == "0200"; };
    EXPECT_EQ(rig.sell("order-1", 500)->outcome, verdict::unknown);
    EXPECT_EQ(rig.records()[0].state, record_state::reversal_pending);
    EXPECT_EQ(rig.records()[0].reversal_sends, 3U);
}

/// A0, 77 and 99 ask for a sign-in: without one the repeat would end the same way, and hold the terminal up for ever.
TEST(Reversal, AfterACodeThatAsksForASignInIsSentUnderNewKeys) {
    for (const char* code : {"A0", "77", "99"}) {
        lane_rig rig;
        ASSERT_TRUE(rig.sign_in());
        std::vector<std::string> sent;
        rig.host.watch = [&](const iso8583::message_view& view) {
            sent.emplace_back(view.mti());
            rig.host.mood.answer_lost = view.mti() == "0200";
            rig.host.mood.reversal_code = sent.size() == 2 ? code : "";
        };
        EXPECT_EQ(rig.sell("order-1", 500)->outcome, verdict::reversed) << code;
        EXPECT_EQ(sent, (std::vector<std::string>{"0200", "0400", "0800", "0400"})) << code;
        EXPECT_EQ(rig.books.taken(), 0);
        sent.clear();
        rig.host.watch = [&](const iso8583::message_view& view) { sent.emplace_back(view.mti()); };
        rig.host.mood = host_mood();
        rig.host.mood.code = code;
        EXPECT_EQ(rig.sell("order-2", 500)->outcome, verdict::declined) << code;
        rig.host.mood = host_mood();
        EXPECT_TRUE(rig.sell("order-3", 500)->ok());
        EXPECT_EQ(sent, (std::vector<std::string>{"0200", "0800", "0200"})) << code;
    }
}

} // namespace
} // namespace cipherlane::tests
