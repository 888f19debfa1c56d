// A host that is unkind on purpose: whatever it does, no money is lost or doubled, and what is not known is never
// told as declined.
#include "support/lane/simulated_lane.hpp"

#include <cipherlane/acquiring/errc.hpp>

#include <gtest/gtest.h>

namespace cipherlane::tests {
namespace {

using namespace std::chrono_literals;

class UnkindHost : public testing::Test {
  protected:
    UnkindHost() {
        for (auto& terminal : lane.settings.terminals)
            terminal.reversal.longest_processing = 1ms;
    }
    static call enough() { return call(60s); }
    payment sale(till& at, const std::string& key, std::int64_t minor) {
        const auto sold = at.sale({key, amount(minor)}, enough());
        EXPECT_TRUE(sold) << sold.error();
        return sold ? *sold : payment{};
    }
    std::int64_t paid() { return simulated_lane::balance_at_first - lane.balance(); }
    bool raised(acquiring::alert_kind kind) {
        for (const auto& one : lane.seen.alerts())
            if (one.kind == kind) return true;
        return false;
    }

    simulated_lane lane;
};

TEST_F(UnkindHost, AResentSaleIsUndoneNotDeclined) {
    auto till = lane.open();
    lane.host_faults({{{"kind", "resent"}, {"match", "sale"}}});
    EXPECT_EQ(sale(till, "one", 1800).outcome, verdict::reversed) << "94: the first copy counted";
    EXPECT_EQ(lane.state_at_host(), "reversed");
    EXPECT_EQ(paid(), 0);
}

TEST_F(UnkindHost, AnOvertakenSaleThatIsEntombedStaysUndone) {
    auto till = lane.open();
    lane.host_faults({{{"kind", "overtaken"}, {"match", "sale"}}});
    EXPECT_EQ(sale(till, "one", 700).outcome, verdict::reversed);
    EXPECT_EQ(paid(), 0) << "refused when it came";
    EXPECT_EQ(sale(till, "two", 700).outcome, verdict::approved);
    EXPECT_EQ(paid(), 700);
}

TEST_F(UnkindHost, AnOvertakenSaleWithoutATombIsUnknownUntilItsReversalIsProven) {
    auto till = lane.open();
    lane.host_faults({{{"kind", "overtaken"}, {"match", "sale"}}, {{"kind", "no_tomb"}}});
    EXPECT_EQ(sale(till, "one", 700).outcome, verdict::unknown);
    EXPECT_EQ(paid(), 700) << "it came in after its reversal";
    EXPECT_TRUE(raised(acquiring::alert_kind::reversal_refused));
    const auto found = till.recover(enough());
    ASSERT_TRUE(found) << found.error();
    ASSERT_EQ(found->size(), 1U);
    EXPECT_EQ(found->front().outcome, verdict::reversed);
    EXPECT_EQ(paid(), 0);
}

TEST_F(UnkindHost, AnAnswerInFrontOfThatToItsReversalChangesNothing) {
    auto till = lane.open();
    for (const char* where : {"", "behind"}) {
        lane.host_faults({{{"kind", "answer_after_reversal"}, {"match", "sale"}, {"value", where}}});
        EXPECT_EQ(sale(till, std::string("late") + where, 900).outcome, verdict::reversed) << where;
        EXPECT_EQ(paid(), 0) << where;
        EXPECT_EQ(sale(till, std::string("next") + where, 5).outcome, verdict::approved) << where;
        EXPECT_EQ(till.lookup(std::string("late") + where, enough()).value()->outcome, verdict::reversed);
        lane.host({{"cmd", "card"}, {"number", lane.reader.number}, {"expiry", "3012"}, {"pin", "135790"},
            {"balance", simulated_lane::balance_at_first}});
    }
}

TEST_F(UnkindHost, AForgottenSaleWaitsForAPerson) {
    auto till = lane.open();
    lane.host_faults({{{"kind", "no_answer"}, {"match", "sale"}}, {{"kind", "forget"}, {"times", -1}}});
    const auto sold = sale(till, "one", 500);
    EXPECT_EQ(sold.outcome, verdict::unknown);
    EXPECT_EQ(paid(), 500);
    EXPECT_EQ(till.recover(enough()).value().front().outcome, verdict::unknown);
    const auto settled = till.settle(enough());
    ASSERT_TRUE(settled) << settled.error();
    EXPECT_EQ(settled->host, acquiring::settlement_result::not_balanced);
    ASSERT_EQ(settled->open.size(), 1U);
    const auto decided = till.decide({sold.handle, acquiring::finding::paid, "in the acquirer's list"}, enough());
    ASSERT_TRUE(decided) << decided.error();
    EXPECT_EQ(till.lookup("one", enough()).value()->outcome, verdict::approved);
}

TEST_F(UnkindHost, AForgottenOriginalRefusesWhatNamesIt) {
    auto till = lane.open();
    const auto sold = sale(till, "one", 500);
    lane.host_faults({{{"kind", "forget"}, {"match", "void"}}, {{"kind", "forget"}, {"match", "refund"}}});
    const auto undone = till.void_payment({"undo", sold.handle}, enough());
    ASSERT_TRUE(undone) << undone.error();
    EXPECT_EQ(undone->outcome, verdict::declined);
    EXPECT_EQ(undone->host_code, "25");
    const auto back = till.refund({"back", sold.handle, amount(100)}, enough());
    ASSERT_TRUE(back) << back.error();
    EXPECT_EQ(back->outcome, verdict::declined);
    EXPECT_EQ(till.lookup("one", enough()).value()->outcome, verdict::approved);
    EXPECT_EQ(paid(), 500);
}

TEST_F(UnkindHost, AReversalAfterTheCutOfTheDayProvesNothing) {
    auto till = lane.open();
    lane.host_faults({{{"kind", "no_answer"}, {"match", "sale"}}, {{"kind", "cut_day"}, {"match", "reversal"}}});
    EXPECT_EQ(sale(till, "one", 500).outcome, verdict::unknown);
    EXPECT_EQ(paid(), 500);
    EXPECT_TRUE(raised(acquiring::alert_kind::reversal_refused));
}

TEST_F(UnkindHost, AVoidAfterTheCutOfTheDayIsDeclinedAndTheSaleStands) {
    auto till = lane.open();
    const auto sold = sale(till, "one", 500);
    lane.host({{"cmd", "cut_day"}});
    const auto undone = till.void_payment({"undo", sold.handle}, enough());
    ASSERT_TRUE(undone) << undone.error();
    EXPECT_EQ(undone->host_code, "12");
    EXPECT_EQ(till.lookup("one", enough()).value()->outcome, verdict::approved);
    const auto settled = till.settle(enough());
    ASSERT_TRUE(settled) << settled.error();
    EXPECT_EQ(settled->host, acquiring::settlement_result::not_balanced) << "its totals began anew";
    EXPECT_EQ(paid(), 500);
}

TEST_F(UnkindHost, AWordOfBalanceOverOtherFiguresIsNotBelieved) {
    auto till = lane.open();
    for (const char* side : {"", "credit", "foreign"}) {
        sale(till, std::string("one") + side, 500);
        lane.host_faults({{{"kind", "wrong_totals"}, {"value", side}}});
        const auto settled = till.settle(enough());
        ASSERT_TRUE(settled) << settled.error();
        EXPECT_EQ(settled->host, acquiring::settlement_result::not_balanced) << side;
    }
}

TEST_F(UnkindHost, RefusesFaultsThatCouldDoNothing) {
    const auto refused = [&](const nlohmann::json& one) {
        try {
            lane.host_faults(nlohmann::json::array({one}));
        } catch (const std::invalid_argument& why) {
            return std::string(why.what());
        }
        return std::string();
    };
    EXPECT_NE(refused({{"kind", "overtaken"}, {"match", "refund"}}), "") << "nothing reverses it";
    EXPECT_NE(refused({{"kind", "no_tomb"}, {"match", "sale"}}), "");
    EXPECT_NE(refused({{"kind", "forget"}, {"match", "sale"}}), "");
    EXPECT_NE(refused({{"kind", "resent"}, {"match", "echo"}}), "");
    EXPECT_NE(refused({{"kind", "resent"}, {"match", "reversal"}}), "") << "a copy is answered like the first";
    EXPECT_NE(refused({{"kind", "cut_day"}, {"match", "sale"}}), "");
    EXPECT_NE(refused({{"kind", "wrong_totals"}, {"value", "neither"}}), "");
    EXPECT_NE(refused({{"kind", "answer_after_reversal"}, {"delay_ms", 5}}), "") << "it waits for the reversal";
    EXPECT_EQ(refused({{"kind", "answer_after_reversal"}, {"match", "void"}}), "");
}

} // namespace
} // namespace cipherlane::tests
