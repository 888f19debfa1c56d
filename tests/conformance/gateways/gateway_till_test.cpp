// A till at UnionPay and at 银联商务: its own order numbers are such that they take, and are known after a restart.
#include "running_gateway.hpp"
#include "support/memory_folder.hpp"

#include <cipherlane/ports/display.hpp>
#include <cipherlane/till/till.hpp>
#include <cipherlane/till/till_settings.hpp>

#include <gtest/gtest.h>

namespace cipherlane::tests {
namespace {

using namespace std::chrono_literals;

/// Shows whatever it is told.
class willing_display final : public ports::display {
  public:
    result<void> show(const ports::display_content& /*what*/, const call& /*bounds*/) override { return {}; }
    result<void> set_brightness(int /*percent*/, const call& /*bounds*/) override { return {}; }
    result<std::string> heartbeat(const call& /*bounds*/) override { return std::string("willing"); }
    [[nodiscard]] ports::display_capabilities capabilities() const noexcept override {
        ports::display_capabilities all;
        all.qr = all.amount = all.text = all.outcome = true;
        return all;
    }
};

class TillAtGateways : public testing::Test {
  protected:
    void at(gateway_under_test made, gateway_kind kind) {
        subject = std::move(made);
        auto& terminal = settings.terminals.emplace_back();
        terminal.terminal_id = "TEST0001";
        terminal.merchant_id = till_merchant;
        terminal.gateway.response_time = 5s;
        terminal.gateway.poll = 100ms;
        settings.journal.file = folder.file("till.db");
        settings.journal.key_file = folder.file("till.key");
        settings.gateway.kind = kind;
        settings.gateway.address = subject.simulator->address();
    }
    [[nodiscard]] till open() {
        till::parts with;
        with.display = lend(shown);
        with.log = logger::none();
        return till::open(settings, std::move(with), call(20s)).value();
    }
    /// A sale, and after a restart its refund in two parts, the first twice.
    void sell_and_give_back() {
        std::uint64_t sold = 0;
        {
            auto first = open();
            subject.simulator->plan("paid_at_once", "create");
            const auto sale = first.qr_sale({"tea", amount(1990)}, call(30s));
            ASSERT_TRUE(sale) << sale.error();
            ASSERT_EQ(sale->outcome, verdict::approved);
            sold = sale->handle;
        }
        auto second = open();
        for (const char* key : {"half", "half", "rest"}) {
            const auto back = second.refund({key, sold, amount(995)}, call(30s));
            ASSERT_TRUE(back) << back.error();
            EXPECT_EQ(back->outcome, verdict::approved) << key;
        }
        const auto orders = subject.simulator->ask({{"cmd", "orders"}}).at("orders");
        ASSERT_EQ(orders.size(), 1U);
        EXPECT_EQ(orders.front().at("refunded"), 1990);
    }

    memory_folder folder;
    willing_display shown;
    gateway_under_test subject;
    till_settings settings;
};

TEST_F(TillAtGateways, SellsAndGivesBackThroughUnionpay) {
    at(make_unionpay_gateway(), gateway_kind::unionpay);
    settings.gateway.merchant_key_file = unionpay_key_file("merchant_key.pem");
    settings.gateway.unionpay.mer_id = "777290058110048";
    settings.gateway.unionpay.sign_certificate_file = unionpay_key_file("merchant_certificate.pem");
    settings.gateway.unionpay.acp_root_file = unionpay_key_file("root.pem");
    sell_and_give_back();
}

TEST_F(TillAtGateways, SellsAndGivesBackThroughNetpay) {
    at(make_netpay_gateway(), gateway_kind::netpay);
    auto& place = settings.gateway.netpay;
    place.app_id = "10037e6f6823b20801682b6a5e5a0006";
    place.app_key_file = netpay_key_file("app.key");
    place.mid = "898340149000005";
    place.tid = "88880001";
    place.source = "3194";
    place.notice_key_file = netpay_key_file("notice.key");
    sell_and_give_back();
}

} // namespace
} // namespace cipherlane::tests
