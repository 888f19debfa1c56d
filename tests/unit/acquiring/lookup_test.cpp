#include "support/lane/lane_rig.hpp"

#include <cipherlane/acquiring/errc.hpp>
#include <cipherlane/acquiring/lookup.hpp>
#include <cipherlane/acquiring/receipt.hpp>
#include <cipherlane/acquiring/trade.hpp>

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

/// One key, one trade: what was paid with it is not told of another amount, kind or original.
TEST(Lookup, ComparesWhatAKeyWasUsedFor) {
    lane_rig rig;
    const auto sale = rig.sell("sale", 1000).value();
    ASSERT_TRUE(rig.give_back("refund", sale.handle, 400)->ok());
    const auto ask = [&](ports::trade kind, std::string key, std::int64_t minor, std::uint64_t original = 0) {
        const acquiring::trade_request wish(kind, std::move(key), amount(minor), original);
        return acquiring::lookup(*rig.journal, rig.settings.terminal_id, wish, soon());
    };
    const auto reused = [&](const auto& end) {
        return !end && end.error().code() == make_error_code(acquiring_errc::key_reused);
    };
    EXPECT_FALSE(ask(ports::trade::sale, "other", 1000).value());
    const auto told = ask(ports::trade::sale, "sale", 1000).value();
    ASSERT_TRUE(told);
    EXPECT_EQ(told->handle, sale.handle);
    EXPECT_EQ(told->told, acquiring::told::recorded);
    EXPECT_TRUE(reused(ask(ports::trade::sale, "sale", 99900)));
    EXPECT_TRUE(reused(ask(ports::trade::code_sale, "sale", 1000)));
    EXPECT_TRUE(ask(ports::trade::refund, "refund", 400, sale.handle).value());
    EXPECT_TRUE(reused(ask(ports::trade::refund, "refund", 300, sale.handle)));
    EXPECT_TRUE(reused(ask(ports::trade::refund, "refund", 400, sale.handle + 1)));
    EXPECT_TRUE(reused(ask(ports::trade::void_sale, "refund", 400, sale.handle)));
}

result<std::optional<acquiring::payment>> found_for(lane_rig& rig, const std::string& key) {
    const acquiring::trade_request wish(ports::trade::sale, key, amount(700));
    return acquiring::lookup(*rig.journal, rig.settings.terminal_id, wish, soon());
}

/// Nobody's code is needed for a key that was used, and one of which nothing left is free.
TEST(Lookup, TellsAKeyOfWhichNothingLeftAsFree) {
    lane_rig rig;
    ASSERT_TRUE(rig.sign_in());
    std::size_t begun = 0;
    rig.guarded->around = [&](faulty_store::moment when, std::string_view what) {
        if (what == "store begin" && when == faulty_store::moment::after) begun = rig.faults.calls.size();
        rig.faults.fail_at = begun == 0 ? fault_script::never : begun; // the host's link is gone
    };
    ASSERT_TRUE(rig.sell("unsent", 700).error().is(condition::link_lost));
    rig.guarded->around = {};
    rig.faults.fail_at = fault_script::never;
    ASSERT_TRUE(rig.recover());
    ASSERT_EQ(told_now(rig, "unsent").outcome, verdict::not_sent);
    EXPECT_FALSE(found_for(rig, "unsent").value());
}

TEST(Lookup, TellsATradeThatIsNotDecidedAsUnknown) {
    lane_rig rig;
    ASSERT_TRUE(rig.sign_in());
    rig.host.mood.answer_lost = true;
    const auto lost = rig.sell("lost", 700);
    ASSERT_TRUE(lost && lost->outcome == verdict::unknown);
    const auto found = found_for(rig, "lost").value();
    ASSERT_TRUE(found);
    EXPECT_EQ(found->outcome, verdict::unknown);
}

} // namespace
} // namespace cipherlane::tests
