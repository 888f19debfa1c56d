#include "support/lane/lane_rig.hpp"

#include <cipherlane/acquiring/errc.hpp>

#include <gtest/gtest.h>

namespace cipherlane::tests {
namespace {

using acquiring::told;
using acquiring::verdict;
using ports::record_state;

TEST(Recovery, TellsWhatWasNotSentAsSuch) {
    lane_rig rig;
    ASSERT_TRUE(rig.sign_in());
    std::size_t begun = 0;
    rig.guarded->around = [&](faulty_store::moment when, std::string_view what) {
        if (what == "store begin" && when == faulty_store::moment::after) begun = rig.faults.calls.size();
        rig.faults.fail_at = begun == 0 ? fault_script::never : begun; // the host's link is gone
    };
    ASSERT_TRUE(rig.sell("order", 500).error().is(condition::link_lost));
    rig.guarded->around = {};
    rig.faults.fail_at = fault_script::never;
    const auto found = rig.recover().value();
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].outcome, verdict::not_sent) << "nobody declined it";
    EXPECT_FALSE(found[0].ok());
    EXPECT_TRUE(rig.sell("order", 500)->ok()) << "and its key may be used";
}

/// Delivered is what the application says it has delivered: a till may die between its verdict and the receipt.
TEST(Recovery, TellsAgainUntilItIsAcknowledged) {
    lane_rig rig;
    const auto paid = rig.sell("a", 1000).value();
    for (int start = 0; start < 2; ++start) {
        const auto again = rig.recover().value();
        ASSERT_EQ(again.size(), 1U);
        EXPECT_EQ(again[0].outcome, verdict::approved);
        EXPECT_EQ(again[0].told, told::recorded);
        rig.restart();
    }
    ASSERT_TRUE(rig.lane().acknowledge(paid.handle, soon()));
    ASSERT_TRUE(rig.lane().acknowledge(paid.handle, soon())) << "once more does no harm";
    EXPECT_TRUE(rig.recover().value().empty());
    rig.restart();
    EXPECT_TRUE(rig.recover().value().empty());
    EXPECT_EQ(rig.lane().acknowledge(77, soon()).error().code(), acquiring_errc::no_original);
    const auto again = rig.sell("a", 1000).value();
    EXPECT_EQ(again.told, told::recorded) << "the key still gives its outcome";
}

TEST(Recovery, TellsWhatIsNotDecidedWhoeverAcknowledgesIt) {
    lane_rig rig;
    rig.host.mood.seal = host_mood::mac::wrong;
    const auto stuck = rig.sell("b", 500).value();
    ASSERT_EQ(stuck.outcome, verdict::unknown);
    ASSERT_TRUE(rig.lane().acknowledge(stuck.handle, soon()));
    rig.host.mood = host_mood();
    rig.restart();
    const auto found = rig.recover().value();
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].outcome, verdict::reversed);
    EXPECT_EQ(rig.recover().value().size(), 1U) << "its end was not acknowledged yet";
    ASSERT_TRUE(rig.lane().acknowledge(stuck.handle, soon()));
    EXPECT_TRUE(rig.recover().value().empty());
}

/// Whoever never acknowledges is told what is open in the batch, not his whole past.
TEST(Recovery, TellsNothingOfASettledBatch) {
    lane_rig rig;
    ASSERT_TRUE(rig.sell("a", 1000));
    ASSERT_TRUE(rig.settle());
    EXPECT_TRUE(rig.recover().value().empty());
}

TEST(Recovery, TellsWhatWasNeverTold) {
    lane_rig rig;
    const auto paid = rig.sell("a", 1000).value();
    ASSERT_TRUE(rig.lane().acknowledge(paid.handle, soon()));
    ASSERT_TRUE(rig.recover().value().empty()) << "told already";
    rig.host.mood.seal = host_mood::mac::wrong;
    ASSERT_EQ(rig.sell("b", 500).value().outcome, verdict::unknown);
    rig.host.mood = host_mood();
    rig.restart();
    const auto found = rig.recover();
    ASSERT_TRUE(found) << found.error();
    ASSERT_EQ(found->size(), 1U);
    EXPECT_EQ(found->front().outcome, verdict::reversed);
    EXPECT_EQ(found->front().told, told::recorded);
    EXPECT_EQ(found->front().key, "b");
}

TEST(Recovery, SignsInFirstWhereTheHostWantsIt) {
    lane_rig rig;
    ASSERT_TRUE(rig.sign_in());
    rig.host.mood.seal = host_mood::mac::wrong;
    ASSERT_EQ(rig.sell("a", 500)->outcome, verdict::unknown);
    rig.host.mood = host_mood();
    ASSERT_TRUE(rig.journal->mark_sign_in_due(rig.settings.terminal_id, soon()));
    rig.restart();
    std::vector<std::string> sent;
    rig.host.watch = [&](const iso8583::message_view& view) { sent.emplace_back(view.mti()); };
    ASSERT_EQ(rig.recover()->front().outcome, verdict::reversed);
    EXPECT_EQ(sent, (std::vector<std::string>{"0800", "0400"}));
}

TEST(Recovery, OfWhatStaysUnknownSaysWhyAndMovesNothing) {
    lane_rig rig;
    const auto paid = rig.sell("sale", 1000).value();
    rig.host.mood.answer_lost = true;
    rig.host.mood.spoiled_answers = 1;
    const auto given = rig.give_back("refund", paid.handle, 300).value();
    ASSERT_EQ(given.outcome, verdict::unknown);
    const auto messages = rig.books.messages;
    const auto found = acquiring::recovery(rig.lane()).run(acquiring::recovery_request(given.handle), soon());
    ASSERT_TRUE(found) << found.error();
    EXPECT_EQ(found->front().outcome, verdict::unknown);
    EXPECT_EQ(found->front().original, paid.handle);
    EXPECT_EQ(rig.books.messages, messages) << "a refund is never sent again by itself";
    ASSERT_FALSE(rig.seen.alerts().empty());
    EXPECT_EQ(rig.seen.alerts().back().kind, acquiring::alert_kind::refund_unknown);
}

TEST(Recovery, AsksTheGatewayAboutItsOrders) {
    lane_rig rig;
    rig.gateway.forgets = true;
    const auto stuck = rig.sell_by_code("order", 990).value();
    ASSERT_EQ(stuck.outcome, verdict::unknown);
    rig.gateway.forgets = false;
    rig.gateway.pays = fake_gateway::payer::before_cancel;
    const auto found = rig.recover().value();
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].outcome, verdict::approved) << "the payer was faster than the closing";
    EXPECT_EQ(rig.booked(), rig.books.taken());
}

TEST(Recovery, OfAnotherTerminalsRecordIsRefused) {
    lane_rig rig;
    const auto paid = rig.sell("sale", 1000).value();
    auto other = rig_settings();
    other.terminal_id = "TEST0002";
    rig.restart();
    rig.settings = other;
    const auto found = acquiring::recovery(rig.lane()).run(acquiring::recovery_request(paid.handle), soon());
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code(), acquiring_errc::no_original);
}

} // namespace
} // namespace cipherlane::tests
