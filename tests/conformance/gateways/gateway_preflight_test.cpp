// A preflight is green only where the keys are right: both, where a gateway signs its answers.
#include "gateway-sim/notification_signer.hpp"
#include "gateway-sim/test_certificate.hpp"
#include "running_gateway.hpp"

#include <cipherlane/till/gateway_check.hpp>
#include <cipherlane/till/preflight.hpp>
#include <cipherlane/till/till.hpp>
#include <cipherlane/till/till_settings.hpp>

#include <gtest/gtest.h>

#include <fstream>
#include <mutex>

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
    /// What `cipherlane gateway check` says of the gateway's clock.
    [[nodiscard]] preflight_state clock_state() const {
        for (const auto& one : check_gateways(settings, call(20s), {}))
            if (one.part == "gateway's clock") return one.state;
        return preflight_state::skipped;
    }
    [[nodiscard]] std::string written(const char* name, const std::string& text) const {
        std::ofstream(folder.file(name)) << text;
        return folder.file(name);
    }
    /// What a till says of its gateways when it opens, which it does.
    [[nodiscard]] std::string told_at_the_start() const {
        std::mutex mutex;
        std::string told;
        till::parts with;
        with.log = logger(log_level::warning, [&](log_level how, std::string_view part, std::string_view line) {
            const std::scoped_lock lock(mutex);
            if (part == "gateway") told.append(how == log_level::error ? "error " : "warning ").append(line);
        });
        const auto opened = till::open(settings, std::move(with), call(20s));
        EXPECT_TRUE(opened) << opened.error();
        return told;
    }
    /// For a key, `until` from now; where it is negative it has expired.
    [[nodiscard]] std::string certified(
        const std::string& name, const std::string& key_file, std::chrono::seconds until) const {
        return written(
            name.c_str(), sim::make_test_certificate(whole_file(key_file), "041@1@test@1", 7, {}, {}, until));
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

class AlipayPreflight : public GatewayPreflight {
  protected:
    AlipayPreflight()
        : GatewayPreflight(make_alipay_gateway()) {
        auto& place = settings.gateway;
        place.kind = gateway_kind::alipay;
        place.merchant_key_file = alipay_key_file("merchant_key.pem");
        place.alipay.app_id = "2026000000000001";
        place.alipay.seller_id = "2088000000000009";
        place.alipay.app_certificate_file = certified("app.crt", place.merchant_key_file, 24h * 365);
        place.alipay.alipay_certificate_file =
            certified("alipay.crt", alipay_key_file("platform_key.pem"), 24h * 365);
        place.alipay.root_certificates_file = place.alipay.alipay_certificate_file;
    }
};

/// Cards go on, and the gateway says itself whether it minds.
TEST_F(AlipayPreflight, AnExpiredCertificateIsToldAndKeepsNoTillFromOpening) {
    EXPECT_EQ(told_at_the_start(), "");
    EXPECT_EQ(state_of("gateway's certificates"), preflight_state::good);
    auto& ours = settings.gateway.alipay.app_certificate_file;
    ours = certified("ending.crt", settings.gateway.merchant_key_file, 24h * 10 + 1h);
    EXPECT_NE(told_at_the_start().find("warning alipay: gateway.app_certificate_file"), std::string::npos);
    EXPECT_NE(told_at_the_start().find("SOON OVER, 10 days are left"), std::string::npos);
    EXPECT_EQ(state_of("gateway's certificates"), preflight_state::good);
    ours = certified("ended.crt", settings.gateway.merchant_key_file, -24h);
    const auto told = told_at_the_start();
    EXPECT_NE(told.find("error alipay: "), std::string::npos) << told;
    EXPECT_NE(told.find("expected one that holds now: "), std::string::npos) << told;
    EXPECT_EQ(state_of("gateway's certificates"), preflight_state::wrong);
    ours = certified("right.crt", settings.gateway.merchant_key_file, 24h * 365);
    settings.gateway.alipay.alipay_certificate_file =
        certified("theirs.crt", alipay_key_file("platform_key.pem"), -24h);
    EXPECT_NE(told_at_the_start().find("gateway.alipay_certificate_file"), std::string::npos);
}

TEST_F(UnionpayPreflight, AnExpiredCertificateOfOursIsToldAndKeepsNoTillFromOpening) {
    settings.gateway.unionpay.sign_certificate_file =
        certified("ended.pem", settings.gateway.merchant_key_file, -24h);
    const auto told = told_at_the_start();
    EXPECT_NE(told.find("gateway.sign_certificate_file"), std::string::npos) << told;
    EXPECT_EQ(state_of("gateway's certificates"), preflight_state::wrong);
}

TEST_F(NetpayPreflight, IsGreenWhereOurKeyIsRight) {
    EXPECT_EQ(clock_state(), preflight_state::good);
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
    EXPECT_EQ(clock_state(), preflight_state::good);
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
