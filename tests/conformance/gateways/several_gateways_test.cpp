// A till with two real gateways, each with its simulator: who is paid, who is told, who is asked.
#include "running_gateway.hpp"
#include "support/lane/lane_rig.hpp"

#include <cipherlane/acquiring/errc.hpp>
#include <cipherlane/till/gateway_check.hpp>
#include <cipherlane/till/till.hpp>

#include <gtest/gtest.h>

#include <algorithm>

namespace cipherlane::tests {
namespace {

using namespace std::chrono_literals;

class TillWithTwoGateways : public testing::Test {
  protected:
    TillWithTwoGateways() {
        auto& terminal = settings.terminals.emplace_back();
        terminal.terminal_id = "TEST0001";
        terminal.merchant_id = till_merchant;
        terminal.gateway.response_time = 5s;
        terminal.gateway.poll = 10s; // what comes sooner was told
        settings.journal.file = folder.file("till.db");
        settings.journal.key_file = folder.file("till.key");
        auto& first = settings.gateway;
        first.kind = gateway_kind::wechat;
        first.address = wechat.simulator->address();
        first.merchant_key_file = wechat_key_file("merchant_key.pem");
        first.public_key_file = wechat_key_file("platform_public.pem");
        first.wechat.mchid = "1999000001";
        first.wechat.appid = "wx0123456789abcdef";
        first.wechat.serial = "5AF1C0DE00000000000000000000000000000001";
        first.wechat.api_key_file = wechat_key_file("api_v3.key");
        first.wechat.public_key_id = "PUB_KEY_ID_0119990000012026092100000001";
        auto& second = settings.more_gateways.emplace_back();
        second.kind = gateway_kind::alipay;
        second.address = alipay.simulator->address();
        second.merchant_key_file = alipay_key_file("merchant_key.pem");
        second.public_key_file = alipay_key_file("platform_public.pem");
        second.alipay.app_id = "2026000000000001";
        second.alipay.seller_id = "2088000000000009";
    }
    till open() {
        till::parts with;
        with.display = lend(display);
        with.log = logger::none();
        return till::open(settings, std::move(with), soon()).value();
    }
    /// Somebody scans what is shown, as soon as there is an order.
    std::thread payer(gateway_under_test& at) {
        return std::thread([&at] {
            for (int tries = 0; tries < 200; ++tries) {
                const auto all = at.simulator->ask({{"cmd", "orders"}});
                for (const auto& one : all.at("orders"))
                    if (one.at("status") == "waiting") return at.simulator->pay(one.at("order_number"));
                std::this_thread::sleep_for(50ms);
            }
        });
    }
    result<payment> show(till& at, const std::string& key, const std::string& gateway) {
        acquiring::qr_sale_request wish(key, amount(990));
        wish.gateway = gateway;
        return at.qr_sale(wish, soon());
    }

    gateway_under_test wechat = make_wechat_gateway();
    gateway_under_test alipay = make_alipay_gateway();
    memory_folder folder;
    fault_script faults;
    fake_display display{faults};
    till_settings settings;
};

TEST_F(TillWithTwoGateways, EachIsPaidTellsAndGivesBackItsOwn) {
    auto at = open();
    const std::pair<const char*, gateway_under_test*> both[] = {{"", &wechat}, {"alipay", &alipay}};
    for (const auto& [name, gateway] : both) {
        auto pays = payer(*gateway);
        const auto paid = show(at, std::string("order ") + name, name);
        pays.join();
        ASSERT_TRUE(paid) << paid.error();
        EXPECT_EQ(paid->outcome, verdict::approved) << *paid;
        const auto back = at.refund({std::string("back ") + name, paid->handle, amount(990)}, soon());
        ASSERT_TRUE(back) << back.error();
        EXPECT_EQ(back->outcome, verdict::approved) << *back;
        EXPECT_EQ(gateway->simulator->ask({{"cmd", "orders"}}).at("orders").size(), 1U);
    }
    // A question may have told of the payment before its notice came.
    for (int tries = 0; tries < 400 && at.status(soon())->notices_taken < 2; ++tries)
        std::this_thread::sleep_for(50ms);
    EXPECT_EQ(at.status(soon())->notices_taken, 2U);
}

/// The settings lose the gateway that was paid: its money is not given back by the one that stays.
TEST_F(TillWithTwoGateways, WhatTheOneThatIsGoneTookIsNotForTheOneThatStays) {
    std::uint64_t paid = 0;
    {
        auto at = open();
        acquiring::trade_request wish(ports::trade::qr_charge, "order", amount(500));
        wish.payment_code = std::string_view("285712345678901234");
        const auto end = at.trade(wish, soon());
        ASSERT_TRUE(end && end->outcome == verdict::approved);
        paid = end->handle;
    }
    settings.more_gateways.clear();
    auto at = open();
    const auto back = at.refund({"back", paid, amount(500)}, soon());
    ASSERT_FALSE(back);
    EXPECT_EQ(back.error().code(), acquiring_errc::other_counterpart) << back.error();
    EXPECT_NE(back.error().hint().find("alipay 2026000000000001"), std::string_view::npos) << back.error();
    EXPECT_TRUE(wechat.simulator->ask({{"cmd", "orders"}}).at("orders").empty());
    EXPECT_EQ(alipay.simulator->ask({{"cmd", "orders"}}).at("orders").front().at("refunded"), 0);
}

TEST_F(TillWithTwoGateways, ACodeThatWasScannedFindsItsGateway) {
    auto at = open();
    for (const std::string_view code : {"134567890123456789", "285712345678901234"}) {
        acquiring::trade_request wish(ports::trade::qr_charge, std::string(code), amount(500));
        wish.payment_code = code;
        const auto paid = at.trade(wish, soon());
        ASSERT_TRUE(paid) << paid.error();
        EXPECT_EQ(paid->outcome, verdict::approved) << *paid;
    }
    EXPECT_EQ(wechat.simulator->ask({{"cmd", "orders"}}).at("orders").size(), 1U);
    EXPECT_EQ(alipay.simulator->ask({{"cmd", "orders"}}).at("orders").size(), 1U);
}

TEST_F(TillWithTwoGateways, CheckAsksBothAndNamesEach) {
    const auto steps = check_gateways(settings, call(30s));
    const auto state_of = [&](std::string_view part) {
        const auto found =
            std::find_if(steps.begin(), steps.end(), [&](const auto& one) { return one.part == part; });
        return found == steps.end() ? preflight_state::skipped : found->state;
    };
    EXPECT_EQ(state_of("gateway wechat"), preflight_state::good);
    EXPECT_EQ(state_of("gateway alipay"), preflight_state::good);
    EXPECT_EQ(state_of("gateway wechat's clock"), preflight_state::good);
    EXPECT_EQ(state_of("gateway alipay's clock"), preflight_state::good);
    settings.more_gateways.front().public_key_file = wechat_key_file("platform_public.pem");
    const auto wrong = check_gateways(settings, call(30s));
    const auto fault =
        std::find_if(wrong.begin(), wrong.end(), [](const auto& one) { return one.part == "gateway alipay"; });
    ASSERT_NE(fault, wrong.end());
    EXPECT_EQ(fault->state, preflight_state::wrong);
    EXPECT_NE(fault->likely.find("from the console"), std::string::npos) << fault->likely;
}

} // namespace
} // namespace cipherlane::tests
