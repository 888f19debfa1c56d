// A lane with two gateways: a code chooses one by its prefix, and what follows goes where the payment went.
#include "support/lane/lane_rig.hpp"

#include <cipherlane/acquiring/errc.hpp>
#include <cipherlane/acquiring/lookup.hpp>
#include <cipherlane/acquiring/trade.hpp>

#include <gtest/gtest.h>

#include <algorithm>

namespace cipherlane::tests::several_gateways {
namespace {

using acquiring::payment;
using acquiring::verdict;
using qr::code_kind;
using namespace std::chrono_literals;

constexpr std::string_view wechat_code = "130000000000000001";
constexpr std::string_view alipay_code = "285712345678901234";
constexpr std::string_view unionpay_code = "6212345678901234567";

/// What would tell, or undo, a charge gets no answer.
bool no_ending(std::string_view call) {
    return call == "gateway query" || call == "gateway reverse" || call == "gateway notification";
}

/// Whether what is left open has no gateway to ask.
bool is_orphaned(const std::vector<payment>& found) {
    return std::any_of(found.begin(), found.end(), [](const payment& one) {
        return one.outcome == verdict::unknown && one.why && one.why->code() == acquiring_errc::other_counterpart;
    });
}

/// The rig's own gateway is WeChat's; Alipay's has books of its own.
class SeveralGateways : public testing::Test {
  protected:
    SeveralGateways() {
        wechat.name = "wechat 1";
        alipay.name = "alipay 2";
        rig.gateways = {{"wechat", &wechat, {{code_kind::wechat_payment_code}}},
            {"alipay", &alipay, {{code_kind::alipay_payment_code}}}};
    }
    result<payment> charge(const std::string& key, std::string_view code, const std::string& gateway = {}) {
        acquiring::trade_request wish(ports::trade::qr_charge, key, amount(990));
        wish.payment_code = code;
        wish.gateway = gateway;
        return acquiring::trade(rig.lane()).run(wish, soon());
    }
    result<payment> show(const std::string& key, const std::string& gateway) {
        acquiring::qr_sale_request wish(key, amount(500));
        wish.gateway = gateway;
        return acquiring::qr_sale(rig.lane()).run(wish, soon());
    }
    [[nodiscard]] std::string counterpart_of(const std::string& key) {
        return rig.journal->find_key("TEST0001", key, soon()).value().value().counterpart;
    }
    lane_rig rig;
    fake_ledger other_books;
    fake_gateway& wechat = rig.gateway;
    fake_gateway alipay{other_books, rig.faults};
};

TEST_F(SeveralGateways, ACodeGoesToTheOneThatTakesIt) {
    ASSERT_TRUE(charge("a", alipay_code)->ok());
    ASSERT_TRUE(charge("b", wechat_code)->ok());
    EXPECT_EQ(alipay.charged, std::vector<std::string>{std::string(alipay_code)});
    EXPECT_EQ(wechat.charged, std::vector<std::string>{std::string(wechat_code)});
    EXPECT_EQ(counterpart_of("a"), "alipay 2");
    EXPECT_EQ(counterpart_of("b"), "wechat 1");
    EXPECT_EQ(rig.books.taken(), 990);
    EXPECT_EQ(other_books.taken(), 990);
}

TEST_F(SeveralGateways, ACodeThatNobodyTakesIsShownToNobody) {
    const auto refused = charge("a", unionpay_code);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), acquiring_errc::bad_request);
    EXPECT_EQ(refused.error().field(), "payment_code");
    EXPECT_EQ(refused.error().to_string().find(unionpay_code), std::string::npos);
    EXPECT_TRUE(wechat.charged.empty() && alipay.charged.empty());
    EXPECT_TRUE(rig.records().empty());
}

TEST_F(SeveralGateways, WhoTakesEverybodysGetsTheOthers) {
    rig.gateways[0].takes.reset();
    ASSERT_TRUE(charge("a", unionpay_code)->ok());
    ASSERT_TRUE(charge("b", alipay_code)->ok());
    EXPECT_EQ(wechat.charged.size(), 1U);
    EXPECT_EQ(alipay.charged.size(), 1U);
}

TEST_F(SeveralGateways, AShownCodeIsTheFirstOnesOrThatOfItsName) {
    wechat.pays = alipay.pays = fake_gateway::payer::before_notification;
    ASSERT_TRUE(show("a", "")->ok());
    ASSERT_TRUE(show("b", "alipay")->ok());
    EXPECT_EQ(counterpart_of("a"), "wechat 1");
    EXPECT_EQ(counterpart_of("b"), "alipay 2");
    const auto none = show("c", "paypal");
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().field(), "gateway");
    EXPECT_NE(none.error().hint().find("wechat, alipay"), std::string_view::npos) << none.error();
    EXPECT_EQ(rig.records().size(), 2U);
}

TEST_F(SeveralGateways, ARefundGoesWhereThePaymentWent) {
    const auto paid = charge("a", alipay_code);
    ASSERT_TRUE(paid && paid->ok());
    const auto back = rig.give_back("r", paid->handle, 400);
    ASSERT_TRUE(back) << back.error();
    EXPECT_EQ(back->outcome, verdict::approved);
    EXPECT_EQ(alipay.refunds.size(), 1U);
    EXPECT_TRUE(wechat.refunds.empty());
    EXPECT_EQ(counterpart_of("r"), "alipay 2");
    EXPECT_EQ(other_books.taken(), 590);
}

TEST_F(SeveralGateways, ALaterProcessAsksTheOneThatItWentTo) {
    alipay.asks_password = true;
    rig.faults.fails = no_ending;
    acquiring::trade_request wish(ports::trade::qr_charge, "a", amount(990));
    wish.payment_code = alipay_code;
    const auto open = acquiring::trade(rig.lane()).run(wish, rig.while_nobody_pays(alipay));
    ASSERT_TRUE(open) << open.error();
    EXPECT_EQ(open->outcome, verdict::unknown);
    rig.faults.fails = nullptr;
    rig.restart();
    std::swap(rig.gateways[0], rig.gateways[1]); // the settings in another order
    const auto found = rig.recover();
    ASSERT_TRUE(found) << found.error();
    ASSERT_EQ(found->size(), 1U);
    EXPECT_EQ(found->front().outcome, verdict::declined) << "undone at Alipay";
    EXPECT_EQ(other_books.orders.at(0).state, 'C');
    EXPECT_TRUE(rig.books.order_count == 0);
}

/// Its gateway is not in the settings any more: nobody else is told of its order.
TEST_F(SeveralGateways, WhatWentToAnotherOneStaysOpen) {
    alipay.asks_password = true;
    rig.faults.fails = no_ending;
    acquiring::trade_request wish(ports::trade::qr_charge, "a", amount(990));
    wish.payment_code = alipay_code;
    const auto open = acquiring::trade(rig.lane()).run(wish, rig.while_nobody_pays(alipay));
    ASSERT_TRUE(open && open->outcome == verdict::unknown);
    rig.faults.fails = nullptr;
    rig.restart();
    fake_ledger third_books;
    fake_gateway third{third_books, rig.faults};
    third.name = "netpay 3";
    rig.gateways[1] = {"netpay", &third, std::nullopt};
    const auto found = rig.recover();
    ASSERT_TRUE(found) << found.error();
    ASSERT_EQ(found->size(), 1U);
    EXPECT_EQ(found->front().outcome, verdict::unknown);
    ASSERT_TRUE(found->front().why);
    EXPECT_EQ(found->front().why->code(), acquiring_errc::other_counterpart);
    EXPECT_TRUE(third_books.order_count == 0 && rig.books.order_count == 0);
}

TEST_F(SeveralGateways, AKeyAskedAgainTellsTheFirstPaymentWhateverTheGateway) {
    const auto paid = charge("a", alipay_code);
    ASSERT_TRUE(paid && paid->ok());
    const auto again = charge("a", wechat_code, "wechat");
    ASSERT_TRUE(again) << again.error();
    EXPECT_EQ(again->handle, paid->handle);
    EXPECT_TRUE(wechat.charged.empty());
    EXPECT_EQ(alipay.charged.size(), 1U);
}

TEST_F(SeveralGateways, ARefundOfWhatWentToAnotherOneIsRefused) {
    const auto paid = charge("a", alipay_code);
    ASSERT_TRUE(paid && paid->ok());
    rig.restart();
    fake_ledger third_books;
    fake_gateway third{third_books, rig.faults};
    third.name = "netpay 3";
    rig.gateways[1] = {"netpay", &third, std::nullopt};
    const auto back = rig.give_back("r", paid->handle, 400);
    ASSERT_FALSE(back);
    EXPECT_EQ(back.error().code(), acquiring_errc::other_counterpart);
    EXPECT_TRUE(third.refunds.empty() && wechat.refunds.empty());
    EXPECT_EQ(rig.records().size(), 1U);
}

/// Of two gateways one is left, however the lane is given it: what the other one took is not this one's to give back.
TEST_F(SeveralGateways, WhatWentToTheOneThatIsGoneIsNotForTheOneThatStays) {
    const auto paid = charge("a", alipay_code);
    ASSERT_TRUE(paid && paid->ok());
    alipay.asks_password = true;
    rig.faults.fails = no_ending;
    acquiring::trade_request wish(ports::trade::qr_charge, "b", amount(500));
    wish.payment_code = "280000000000000002";
    const auto open = acquiring::trade(rig.lane()).run(wish, rig.while_nobody_pays(alipay));
    ASSERT_TRUE(open && open->outcome == verdict::unknown);
    rig.faults.fails = nullptr;
    for (const bool listed : {true, false}) {
        SCOPED_TRACE(listed);
        rig.restart();
        rig.gateways.clear();
        if (listed) rig.gateways = {{"wechat", &wechat, {{code_kind::wechat_payment_code}}}};
        const auto back = rig.give_back(listed ? "r" : "r 2", paid->handle, 400);
        ASSERT_FALSE(back);
        EXPECT_EQ(back.error().code(), acquiring_errc::other_counterpart);
        EXPECT_NE(back.error().hint().find("alipay 2"), std::string_view::npos) << back.error();
        EXPECT_TRUE(is_orphaned(rig.recover().value()));
        EXPECT_TRUE(wechat.refunds.empty() && rig.books.order_count == 0) << "it hears of neither";
        EXPECT_EQ(rig.records().size(), 2U);
    }
    EXPECT_EQ(other_books.taken(), 990);
}

/// An address changes, or a name takes its place: what went there before is still its own, and nobody else's.
TEST(EarlierIdentities, WhatFollowsGoesToTheOneThatHasMoved) {
    lane_rig rig;
    rig.gateway.pays = fake_gateway::payer::before_notification;
    const auto by_code = rig.sell_by_code("order", 990).value();
    const auto by_card = rig.sell("card", 500).value();
    rig.gateway.name = "10.0.0.2:8080 TESTMERCH000001";
    rig.host.name = "the acquirer";
    EXPECT_EQ(rig.give_back("a", by_code.handle, 100).error().code(), acquiring_errc::other_counterpart);
    const auto refused = rig.give_back("b", by_card.handle, 100).error();
    EXPECT_EQ(refused.code(), acquiring_errc::other_counterpart);
    EXPECT_NE(refused.hint().find("host one"), std::string_view::npos) << "which one it went to";
    rig.gateway.earlier = {"gateway one"};
    rig.host.earlier = {"host one"};
    EXPECT_TRUE(rig.give_back("a", by_code.handle, 100)->ok());
    EXPECT_TRUE(rig.give_back("b", by_card.handle, 100)->ok());
}

TEST_F(SeveralGateways, WhoCannotBeToldApartAreRefused) {
    const auto opened = [&] {
        acquiring::lane_ports with(*rig.journal);
        with.gateways = rig.gateways;
        return acquiring::lane::open(rig.settings, with, soon(), logger::none());
    };
    ASSERT_TRUE(opened());
    alipay.name = "wechat 1";
    ASSERT_FALSE(opened());
    EXPECT_EQ(opened().error().field(), "gateway");
    alipay.name.clear();
    EXPECT_FALSE(opened());
    alipay.name = "alipay 2";
    rig.gateways[1].name = "wechat";
    EXPECT_FALSE(opened());
}

TEST_F(SeveralGateways, NameOneOnlyForATradeThatGoesToOne) {
    acquiring::trade_request wish(ports::trade::sale, "a", amount(990));
    wish.gateway = "alipay";
    const auto refused = acquiring::trade(rig.lane()).run(wish, soon());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().field(), "gateway");
}

} // namespace
} // namespace cipherlane::tests::several_gateways
