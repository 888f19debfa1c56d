// A preflight is green only where the keys are right: both, where a gateway signs its answers.
#include "gateway-sim/notification_signer.hpp"
#include "running_gateway.hpp"

#include <cipherlane/till/preflight.hpp>
#include <cipherlane/till/till_settings.hpp>

#include <gtest/gtest.h>

#include <fstream>

namespace cipherlane::tests {
namespace {

using namespace std::chrono_literals;

class GatewayPreflight : public testing::Test {
  protected:
    explicit GatewayPreflight(gateway_under_test made)
        : subject(std::move(made)) {
        auto& terminal = settings.terminals.emplace_back();
        terminal.terminal_id = "TEST0001";
        terminal.merchant_id = till_merchant;
        terminal.gateway.response_time = 5s;
        settings.journal.file = folder.file("till.db");
        settings.journal.key_file = folder.file("till.key");
        settings.gateway.address = subject.simulator->address();
    }
    /// Of the part "gateway", or of the notices where that says more.
    [[nodiscard]] preflight_state state_of(std::string_view part) const {
        for (const auto& one : preflight(settings, call(20s), {}))
            if (one.part == part) return one.state;
        return preflight_state::skipped;
    }
    [[nodiscard]] std::string written(const char* name, const std::string& text) const {
        std::ofstream(folder.file(name)) << text;
        return folder.file(name);
    }
    gateway_under_test subject;
    temporary_folder folder;
    till_settings settings;
};

class WechatPreflight : public GatewayPreflight {
  protected:
    WechatPreflight()
        : GatewayPreflight(make_wechat_gateway()) {
        auto& place = settings.gateway;
        place.kind = gateway_kind::wechat;
        place.merchant_key_file = wechat_key_file("merchant_key.pem");
        place.public_key_file = wechat_key_file("platform_public.pem");
        place.wechat.mchid = "1999000001";
        place.wechat.appid = "wx0123456789abcdef";
        place.wechat.serial = "5AF1C0DE00000000000000000000000000000001";
        place.wechat.api_key_file = wechat_key_file("api_v3.key");
        place.wechat.public_key_id = "PUB_KEY_ID_0119990000012026092100000001";
    }
};

class UnionpayPreflight : public GatewayPreflight {
  protected:
    UnionpayPreflight()
        : GatewayPreflight(make_unionpay_gateway()) {
        auto& place = settings.gateway;
        place.kind = gateway_kind::unionpay;
        place.merchant_key_file = unionpay_key_file("merchant_key.pem");
        place.unionpay.mer_id = "777290058110048";
        place.unionpay.sign_certificate_file = unionpay_key_file("merchant_certificate.pem");
        place.unionpay.acp_root_file = unionpay_key_file("root.pem");
    }
};

class NetpayPreflight : public GatewayPreflight {
  protected:
    NetpayPreflight()
        : GatewayPreflight(make_netpay_gateway()) {
        auto& place = settings.gateway;
        place.kind = gateway_kind::netpay;
        place.netpay.app_id = "10037e6f6823b20801682b6a5e5a0006";
        place.netpay.app_key_file = netpay_key_file("app.key");
        place.netpay.mid = "898340149000005";
        place.netpay.tid = "88880001";
        place.netpay.source = "3194";
        place.netpay.notice_key_file = netpay_key_file("notice.key");
    }
};

TEST_F(NetpayPreflight, IsGreenWhereOurKeyIsRight) {
    EXPECT_EQ(state_of("gateway"), preflight_state::good);
    settings.gateway.netpay.app_key_file = netpay_key_file("notice.key");
    EXPECT_EQ(state_of("gateway"), preflight_state::wrong);
}

TEST_F(WechatPreflight, IsGreenWhereBothKeysAreRight) {
    EXPECT_EQ(state_of("gateway"), preflight_state::good);
    const auto all = subject.simulator->ask({{"cmd", "orders"}});
    EXPECT_EQ(all.at("orders").size(), 1U);
    for (const auto& one : all.at("orders"))
        EXPECT_EQ(one.at("status"), "cancelled") << "nothing is left open";
}

TEST_F(WechatPreflight, KnowsAnotherKeyOfThePlatform) {
    settings.gateway.public_key_file = written("other.pem", sim::notification_signer::create().value().public_pem());
    EXPECT_EQ(state_of("gateway"), preflight_state::wrong);
}

TEST_F(WechatPreflight, KnowsThatWeSignWrongly) {
    settings.gateway.wechat.serial = "5AF1C0DE00000000000000000000000000000009";
    EXPECT_EQ(state_of("gateway"), preflight_state::wrong) << "401 SIGN_ERROR is an answer, and none to build on";
}

TEST_F(UnionpayPreflight, IsGreenWhereBothKeysAreRight) {
    EXPECT_EQ(state_of("gateway"), preflight_state::good);
    EXPECT_TRUE(subject.simulator->ask({{"cmd", "orders"}}).at("orders").empty()) << "nothing was ordered";
}

TEST_F(UnionpayPreflight, KnowsAnotherMerchantOrRoot) {
    settings.gateway.unionpay.mer_id = "777290058110049";
    EXPECT_EQ(state_of("gateway"), preflight_state::wrong) << "the question is refused";
    settings.gateway.unionpay.mer_id = "777290058110048";
    settings.gateway.unionpay.acp_root_file = unionpay_key_file("merchant_certificate.pem");
    EXPECT_EQ(state_of("gateway"), preflight_state::wrong) << "their certificate leads elsewhere";
}

TEST_F(UnionpayPreflight, KnowsFilesThatDoNotFit) {
    settings.gateway.unionpay.sign_certificate_file = unionpay_key_file("platform_certificate.pem");
    EXPECT_EQ(state_of("gateway"), preflight_state::wrong) << "not of our key";
    settings.gateway.unionpay.acp_root_file = written("empty.pem", "MIIB");
    EXPECT_EQ(state_of("gateway's notifications"), preflight_state::wrong);
}

TEST_F(WechatPreflight, KnowsAFileThatHoldsNoCertificate) {
    settings.gateway.wechat.certificates_file = written("empty.pem", "MIIB");
    EXPECT_EQ(state_of("gateway's notifications"), preflight_state::wrong);
}

} // namespace
} // namespace cipherlane::tests
