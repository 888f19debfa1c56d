#include "support/lane/lane_rig.hpp"

#include <cipherlane/acquiring/lookup.hpp>
#include <cipherlane/acquiring/receipt.hpp>

#include <gtest/gtest.h>

namespace cipherlane::tests {
namespace {

using acquiring::verdict;

acquiring::payment told_now(lane_rig& rig, std::string_view key) {
    return acquiring::lookup(*rig.journal, rig.settings.terminal_id, key, soon()).value().value();
}

TEST(Lookup, TellsHowAPaymentStandsAndMovesNothing) {
    lane_rig rig;
    const auto sale = rig.sell("sale", 1000).value();
    const auto messages = rig.books.messages;
    EXPECT_FALSE(acquiring::lookup(*rig.journal, rig.settings.terminal_id, "other", soon()).value());
    EXPECT_FALSE(acquiring::lookup(*rig.journal, "TEST0002", "sale", soon()).value()) << "of another terminal";
    EXPECT_FALSE(acquiring::lookup(*rig.journal, "TEST0002", sale.handle, soon()).value());
    const auto told = told_now(rig, "sale");
    EXPECT_EQ(told.outcome, verdict::approved);
    EXPECT_EQ(told.told, acquiring::told::recorded);
    EXPECT_EQ(told.key, "sale");
    EXPECT_EQ(told.handle, sale.handle);
    EXPECT_EQ(rig.books.messages, messages);
    EXPECT_EQ(rig.records().size(), 1U);
}

TEST(Lookup, SaysThatMoneyWentBack) {
    lane_rig rig;
    const auto voided = rig.sell("voided", 1000).value();
    ASSERT_TRUE(rig.undo("void", voided.handle)->ok());
    EXPECT_EQ(told_now(rig, "voided").outcome, verdict::voided);
    EXPECT_EQ(told_now(rig, "void").original, voided.handle);
    const auto refunded = rig.sell("refunded", 500).value();
    ASSERT_TRUE(rig.give_back("part", refunded.handle, 200)->ok());
    EXPECT_EQ(told_now(rig, "refunded").outcome, verdict::approved);
    EXPECT_EQ(told_now(rig, "refunded").refunded, amount(200));
    ASSERT_TRUE(rig.give_back("rest", refunded.handle, 300)->ok());
    const auto told = told_now(rig, "refunded");
    EXPECT_EQ(told.outcome, verdict::refunded);
    EXPECT_FALSE(told.ok());
    const auto slip = acquiring::receipt_text(told, rig.settings, acquiring::receipt_copy::cardholder);
    EXPECT_EQ(slip.find("APPROVED"), std::string::npos) << slip;
    EXPECT_NE(slip.find("已退货"), std::string::npos) << slip;
}

/// What nobody knows of a refund is not told as given back, and what nobody knows of a void takes nothing from it.
TEST(Lookup, LeavesOutWhatIsNotDecided) {
    lane_rig rig;
    const auto sale = rig.sell("sale", 1000).value();
    rig.host.mood.answer_lost = true;
    rig.host.mood.spoiled_answers = 1;
    ASSERT_EQ(rig.give_back("refund", sale.handle, 400)->outcome, verdict::unknown);
    const auto told = told_now(rig, "sale");
    EXPECT_EQ(told.outcome, verdict::approved);
    EXPECT_EQ(told.refunded, amount(0));
}

} // namespace
} // namespace cipherlane::tests
