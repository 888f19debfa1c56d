#include "unit/acquiring/any_trade.hpp"

#include <cipherlane/acquiring/errc.hpp>

#include <gtest/gtest.h>

namespace cipherlane::tests {
namespace {

using acquiring::verdict;
using ports::record_state;

TEST(Void, UndoesASaleOnBothSides) {
    lane_rig rig;
    const auto paid = rig.sell("sale", 1234).value();
    rig.host.watch = [&](const iso8583::message_view& view) {
        EXPECT_TRUE(view.equals(3, "200000"));
        EXPECT_TRUE(view.equals(37, paid.reference));
        EXPECT_TRUE(view.equals(38, paid.authorization));
        EXPECT_TRUE(view.equals(61, "0000010000021121"));
        EXPECT_TRUE(view.equals(22, "012"));
        EXPECT_FALSE(view.has(52));
    };
    const auto undone = rig.undo("void", paid.handle);
    ASSERT_TRUE(undone) << undone.error();
    EXPECT_EQ(undone->outcome, verdict::approved);
    EXPECT_EQ(rig.books.taken(), 0);
    EXPECT_EQ(rig.booked(), 0);
    EXPECT_EQ(rig.records()[0].state, record_state::voided);
    const auto twice = rig.undo("void-2", paid.handle);
    ASSERT_FALSE(twice);
    EXPECT_EQ(twice.error().code(), acquiring_errc::original_not_approved);
    const auto replayed = rig.undo("void", paid.handle);
    ASSERT_TRUE(replayed) << replayed.error();
    EXPECT_EQ(replayed->told, acquiring::told::recorded);
}

TEST(Void, WhoseAnswerIsLostIsReversedAndTheSaleStands) {
    lane_rig rig;
    const auto paid = rig.sell("sale", 1234).value();
    rig.host.mood.answer_lost = true;
    rig.host.mood.spoiled_answers = 1;
    const auto end = rig.undo("void", paid.handle);
    ASSERT_TRUE(end) << end.error();
    EXPECT_EQ(end->outcome, verdict::reversed);
    EXPECT_EQ(rig.books.taken(), 1234);
    EXPECT_EQ(rig.booked(), 1234);
    ASSERT_TRUE(rig.undo("void-2", paid.handle));
    EXPECT_EQ(rig.books.taken(), 0);
    EXPECT_EQ(rig.booked(), 0);
}

TEST(Void, IsRefusedAfterARefund) {
    lane_rig rig;
    const auto paid = rig.sell("sale", 1000).value();
    ASSERT_TRUE(rig.give_back("refund", paid.handle, 1)->ok());
    const auto messages = rig.books.messages;
    EXPECT_EQ(rig.undo("void", paid.handle).error().code(), acquiring_errc::amount_too_large);
    const auto other = rig.sell("other", 1000).value();
    rig.host.mood.answer_lost = true;
    rig.host.mood.spoiled_answers = 1;
    ASSERT_EQ(rig.give_back("doubtful", other.handle, 1)->outcome, verdict::unknown);
    EXPECT_EQ(rig.undo("void-2", other.handle).error().code(), acquiring_errc::amount_too_large) << "it may be back";
    EXPECT_EQ(rig.books.messages, messages + 2) << "the sale and the doubtful refund alone";
    EXPECT_EQ(rig.books.taken(), 999 + 999);
}

TEST(Void, IsRefusedOfASaleWithATipThatWouldStayCharged) {
    for (const bool told : {true, false}) {
        lane_rig rig;
        const auto paid = rig.sell("sale", 10'000).value();
        rig.host.mood.answer_lost = !told;
        const auto tip = do_trade(rig, {ports::trade::tip, "tip", amount(500), paid.handle}).value();
        EXPECT_EQ(tip.outcome, told ? verdict::approved : verdict::stored);
        rig.host.mood = host_mood();
        rig.host.mood.advice_code = told ? "" : "96"; // it stays stored
        EXPECT_EQ(rig.undo("void", paid.handle).error().code(), acquiring_errc::amount_too_large);
        EXPECT_EQ(rig.books.taken(), 10'500);
    }
}

TEST(Void, IsOpenToASaleWhoseTipWasRefused) {
    lane_rig rig;
    const auto paid = rig.sell("sale", 10'000).value();
    rig.host.mood.advice_code = "14";
    ASSERT_EQ(do_trade(rig, {ports::trade::tip, "tip", amount(500), paid.handle})->outcome, verdict::declined);
    rig.host.mood = host_mood();
    ASSERT_TRUE(rig.undo("void", paid.handle)->ok());
    EXPECT_EQ(rig.books.taken(), 0);
}

TEST(Void, NeedsAnApprovedSaleOfThisTerminalAndBatch) {
    lane_rig rig;
    EXPECT_EQ(rig.undo("void", 77).error().code(), acquiring_errc::no_original);
    const auto paid = rig.sell("sale", 1234).value();
    ASSERT_TRUE(rig.settle());
    EXPECT_EQ(rig.undo("void", paid.handle).error().code(), acquiring_errc::original_not_approved);
}

} // namespace
} // namespace cipherlane::tests
