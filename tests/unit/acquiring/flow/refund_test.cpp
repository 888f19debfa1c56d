#include "support/lane/lane_rig.hpp"

#include <cipherlane/acquiring/decision.hpp>
#include <cipherlane/acquiring/errc.hpp>
#include <cipherlane/core/errc.hpp>

#include <gtest/gtest.h>

namespace cipherlane::tests {
namespace {

using acquiring::verdict;
using ports::record_state;

TEST(Refund, GivesBackUpToWhatWasPaid) {
    lane_rig rig;
    const auto paid = rig.sell("sale", 1000).value();
    const auto part = rig.give_back("refund-1", paid.handle, 300);
    ASSERT_TRUE(part) << part.error();
    EXPECT_EQ(part->outcome, verdict::approved);
    EXPECT_EQ(rig.give_back("refund-2", paid.handle, 701).error().code(), acquiring_errc::amount_too_large);
    ASSERT_TRUE(rig.give_back("refund-3", paid.handle, 700));
    EXPECT_EQ(rig.books.taken(), 0);
    EXPECT_EQ(rig.booked(), 0);
}

TEST(Refund, WithoutAnAnswerStaysUnknownAndIsNeverRepeated) {
    lane_rig rig;
    const auto paid = rig.sell("sale", 1000).value();
    rig.host.mood.answer_lost = true;
    rig.host.mood.spoiled_answers = 1;
    const auto end = rig.give_back("refund", paid.handle, 1000);
    ASSERT_TRUE(end) << end.error();
    EXPECT_EQ(end->outcome, verdict::unknown);
    const auto messages = rig.books.messages;
    const auto again = rig.give_back("refund", paid.handle, 1000);
    ASSERT_TRUE(again) << again.error();
    EXPECT_EQ(again->outcome, verdict::unknown);
    EXPECT_EQ(rig.books.messages, messages);
    EXPECT_EQ(rig.give_back("other", paid.handle, 1).error().code(), acquiring_errc::amount_too_large);
    ASSERT_FALSE(rig.seen.alerts().empty());
    EXPECT_EQ(rig.seen.alerts().back().kind, acquiring::alert_kind::refund_unknown);
    ASSERT_TRUE(rig.sell("next", 5)) << "an unknown refund blocks nothing";
}

TEST(Refund, ThatTheHostHasNoAnswerToIsNotDeclined) {
    for (const char* code : {"68", "98"}) {
        lane_rig rig;
        const auto paid = rig.sell("sale", 1000).value();
        rig.host.mood.code = code;
        const auto end = rig.give_back("refund", paid.handle, 1000);
        ASSERT_TRUE(end) << end.error();
        EXPECT_EQ(end->outcome, verdict::unknown) << code;
        EXPECT_EQ(end->host_code, code);
        ASSERT_TRUE(end->why);
        EXPECT_EQ(end->why->code(), acquiring_errc::not_decided);
        EXPECT_TRUE(end->why->is(condition::outcome_unknown));
        rig.host.mood = host_mood();
        EXPECT_EQ(rig.give_back("other", paid.handle, 1000).error().code(), acquiring_errc::amount_too_large)
            << "it may be back already";
        EXPECT_EQ(rig.records().back().state, record_state::unknown);
        EXPECT_EQ(rig.records().back().host_code, code);
        ASSERT_FALSE(rig.seen.alerts().empty());
        EXPECT_EQ(rig.seen.alerts().back().kind, acquiring::alert_kind::refund_unknown);
        const auto decided = acquiring::decision(rig.lane())
                                 .run({end->handle, acquiring::finding::not_paid, "asked the acquirer"}, soon());
        ASSERT_TRUE(decided) << decided.error();
        EXPECT_TRUE(rig.give_back("other", paid.handle, 1000)->ok());
    }
    lane_rig rig; // a plain refusal stays one
    const auto paid = rig.sell("sale", 1000).value();
    rig.host.mood.code = "91";
    EXPECT_EQ(rig.give_back("refund", paid.handle, 1000)->outcome, verdict::declined);
}

TEST(Refund, ReadsTheCardOnceTheJournalHasForgottenIt) {
    auto settings = rig_settings();
    settings.settlement.erase_cards_after_days = 1;
    lane_rig rig(settings);
    const auto paid = rig.sell("sale", 1000).value();
    ASSERT_TRUE(rig.settle());
    rig.clock.time += std::chrono::days(2);
    ASSERT_TRUE(rig.sell("sale-2", 1));
    ASSERT_EQ(rig.settle().value().cards_erased, 1U);
    ASSERT_FALSE(rig.records()[0].card_sealed);
    rig.pinpad.number = "6222000000000010004"; // another card, of the same mask
    const auto other = rig.give_back("other", paid.handle, 400);
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().code(), acquiring_errc::no_original);
    EXPECT_EQ(other.error().field(), "card");
    rig.pinpad.number = test_pan;
    rig.pinpad.trips = 0;
    const auto end = rig.give_back("refund", paid.handle, 400);
    ASSERT_TRUE(end) << end.error();
    EXPECT_EQ(end->outcome, verdict::approved);
    EXPECT_EQ(rig.pinpad.trips, 1);
}

} // namespace
} // namespace cipherlane::tests
