// A gateway that is unkind on purpose: no code is paid without the till knowing or somebody being told, and none
// counts twice.
#include "support/lane/simulated_lane.hpp"

#include <cipherlane/acquiring/errc.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <stop_token>
#include <thread>

namespace cipherlane::tests {
namespace {

using namespace std::chrono_literals;
using acquiring::alert_kind;

class UnkindGateway : public testing::Test {
  protected:
    /// A code is shown, and `act` is what happens then.
    payment sell(till& at, const std::string& key, std::function<void(const std::string&)> act) {
        lane.when_shown(std::move(act));
        const auto sold = at.qr_sale({key, amount(880)}, call(20s, stop.get_token()));
        EXPECT_TRUE(sold) << sold.error();
        return sold ? *sold : payment{};
    }
    std::function<void(const std::string&)> paid() {
        return [this](const std::string& order) { lane.pay(order); };
    }
    std::function<void(const std::string&)> given_up() {
        return [this](const std::string&) { stop.request_stop(); };
    }
    bool raised(alert_kind kind) {
        for (const auto& one : lane.seen.alerts())
            if (one.kind == kind) return true;
        return false;
    }
    /// Notices come on their own time: waits until the next flow of the lane has raised what they say.
    bool comes(till& at, alert_kind kind) {
        const auto until = std::chrono::steady_clock::now() + 30s;
        while (!raised(kind) && std::chrono::steady_clock::now() < until) {
            (void)at.recover(10s);
            std::this_thread::sleep_for(5ms);
        }
        return raised(kind);
    }
    nlohmann::json order() { return lane.gateway({{"cmd", "orders"}}).at("orders").at(0); }

    std::stop_source stop;
    simulated_lane lane;
};

TEST_F(UnkindGateway, SaysProcessingBeforeItSaysPaid) {
    auto till = lane.open();
    lane.gateway_faults({{{"kind", "processing"}, {"match", "query"}, {"times", 2}}, {{"kind", "no_notification"}}});
    EXPECT_EQ(sell(till, "one", paid()).outcome, verdict::approved);
}

TEST_F(UnkindGateway, SaysProcessingOfACodeThatIsToBeClosed) {
    auto till = lane.open();
    lane.gateway_faults({{{"kind", "processing"}, {"match", "cancel"}, {"times", -1}},
        {{"kind", "processing"}, {"match", "query"}, {"times", -1}}});
    EXPECT_EQ(sell(till, "one", given_up()).outcome, verdict::unknown) << "the payer may be typing a password";
    EXPECT_TRUE(raised(alert_kind::order_unknown));
    lane.gateway_faults(nlohmann::json::array());
    stop = {};
    const auto found = till.recover(20s);
    ASSERT_TRUE(found) << found.error();
    ASSERT_EQ(found->size(), 1U);
    EXPECT_EQ(found->front().outcome, verdict::declined);
    EXPECT_EQ(order().at("status"), "cancelled");
}

TEST_F(UnkindGateway, IsPaidAfterTheCodeWasClosed) {
    auto till = lane.open();
    lane.gateway_faults({{{"kind", "paid_after_close"}}});
    EXPECT_EQ(sell(till, "one", given_up()).outcome, verdict::declined);
    EXPECT_EQ(order().at("status"), "paid");
    EXPECT_TRUE(comes(till, alert_kind::paid_after_close));
    (void)till.recover(10s);
    EXPECT_EQ(till.lookup("one", 5s).value()->outcome, verdict::refunded) << "it has gone back";
    EXPECT_EQ(order().at("refunded"), 880);
}

TEST_F(UnkindGateway, AsksThePayerForAPasswordWhoseCodeWasScanned) {
    auto till = lane.open();
    lane.gateway({{"cmd", "wallet"}, {"code", "285712345678901234"}, {"manner", "asks"}});
    lane.gateway({{"cmd", "wallet"}, {"code", "285712345678905678"}, {"manner", "asks"}});
    lane.seen.watch = [&](const acquiring::stage_event& what) {
        if (what.at != acquiring::stage::paying) return;
        what.key == "typed" ? lane.pay(order().at("order_number")) : static_cast<void>(stop.request_stop());
    };
    acquiring::trade_request wish(ports::trade::qr_charge, "typed", amount(880));
    wish.payment_code = "285712345678901234";
    const auto paid = till.trade(wish, 20s);
    ASSERT_TRUE(paid) << paid.error();
    EXPECT_EQ(paid->outcome, verdict::approved);
    wish.idempotency_key = "again";
    const auto used = till.trade(wish, 20s);
    ASSERT_TRUE(used) << used.error();
    EXPECT_EQ(used->outcome, verdict::declined) << "a code pays once";
    wish.idempotency_key = "given up";
    wish.payment_code = "285712345678905678";
    const auto left = till.trade(wish, call(20s, stop.get_token()));
    ASSERT_TRUE(left) << left.error();
    EXPECT_EQ(left->outcome, verdict::declined);
    const auto all = lane.gateway({{"cmd", "orders"}}).at("orders"); // a copy: the answer goes
    for (const auto& one : all)
        EXPECT_NE(one.at("status"), "processing") << "nobody can pay it any more";
}

TEST_F(UnkindGateway, GivesBackByItself) {
    auto till = lane.open();
    lane.gateway_faults({{{"kind", "given_back"}}, {{"kind", "no_notification"}}});
    EXPECT_EQ(sell(till, "one", paid()).outcome, verdict::refunded);
    EXPECT_EQ(order().at("refunded"), 880);
}

TEST_F(UnkindGateway, TakesTheMoneyOfTwoPayersForOneCode) {
    auto till = lane.open();
    EXPECT_EQ(sell(till, "one", paid()).outcome, verdict::approved);
    lane.pay(lane.last_order(), "second");
    EXPECT_EQ(order().at("paid_twice"), 880);
    EXPECT_TRUE(comes(till, alert_kind::paid_twice));
    (void)till.recover(10s);
    EXPECT_EQ(order().at("refunded"), 880) << "the second payer has the money back";
    EXPECT_EQ(order().at("paid_twice"), 0);
    const auto again = till.qr_sale({"one", amount(880)}, 10s);
    ASSERT_TRUE(again) << again.error();
    EXPECT_EQ(again->told, acquiring::told::recorded);
    EXPECT_EQ(again->outcome, verdict::approved);
    const auto settled = till.settle(20s);
    ASSERT_TRUE(settled) << settled.error();
    EXPECT_EQ(settled->open.size(), 0U);
}

TEST_F(UnkindGateway, ForgetsAnOrderWhoseCodeWasOut) {
    auto till = lane.open();
    lane.gateway_faults({{{"kind", "forgotten"}, {"times", -1}}});
    EXPECT_EQ(sell(till, "one", given_up()).outcome, verdict::unknown);
    EXPECT_TRUE(raised(alert_kind::order_unknown));
}

TEST_F(UnkindGateway, IsPaidBeforeTheCodeIsShown) {
    auto till = lane.open();
    lane.gateway_faults({{{"kind", "paid_at_once"}}});
    const auto sold = till.qr_sale({"one", amount(880)}, 20s);
    ASSERT_TRUE(sold) << sold.error();
    ASSERT_TRUE(sold->why);
    EXPECT_EQ(sold->why->code(), acquiring_errc::order_not_new);
    EXPECT_EQ(lane.display.code, "");
}

TEST_F(UnkindGateway, SaysAnotherAmountThanWasAsked) {
    auto till = lane.open();
    lane.gateway_faults(
        {{{"kind", "other_amount"}, {"match", "query"}, {"times", -1}}, {{"kind", "no_notification"}}});
    EXPECT_EQ(sell(till, "one", paid()).outcome, verdict::unknown) << "a person says how much";
}

TEST_F(UnkindGateway, HasADiskThatIsFull) {
    auto till = lane.open();
    lane.gateway_faults({{{"kind", "ledger_fails"}, {"match", "create"}}});
    const auto none = till.qr_sale({"one", amount(880)}, 20s);
    EXPECT_TRUE(!none || none->outcome != verdict::approved);
    EXPECT_EQ(lane.gateway({{"cmd", "orders"}}).at("orders").size(), 0U);
    const auto sold = sell(till, "two", paid());
    EXPECT_EQ(sold.outcome, verdict::approved);
    lane.gateway_faults({{{"kind", "ledger_fails"}, {"match", "refund"}}});
    const auto back = till.refund({"back", sold.handle, amount(100)}, 20s);
    ASSERT_TRUE(back) << back.error();
    EXPECT_EQ(back->outcome, verdict::unknown) << "a 500 proves nothing";
    EXPECT_TRUE(raised(alert_kind::order_unknown));
    EXPECT_EQ(lane.gateway({{"cmd", "orders"}}).at("orders").at(0).at("refunded"), 0);
    const auto asked = till.refund({"back", sold.handle, amount(100)}, 20s);
    ASSERT_TRUE(asked) << asked.error();
    EXPECT_EQ(asked->outcome, verdict::approved) << "asked again under its number";
    EXPECT_EQ(lane.gateway({{"cmd", "orders"}}).at("orders").at(0).at("refunded"), 100);
}

} // namespace
} // namespace cipherlane::tests
