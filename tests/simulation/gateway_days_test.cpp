// A till at each gateway: whatever is lost, late, repeated, forged or killed, both sides agree in the end.
// `cipherlane-simulate --gateways 10000` runs so many sales of each kind; docs/20-simulation.md.
#include "simulation/gateway_days.hpp"
#include "support/seed.hpp"
#include "support/temporary_folder.hpp"

#include <gtest/gtest.h>

namespace cipherlane::tests {
namespace {

using simulation::gateway_days_wish;

void run(gateway_days_wish::speech speaks) {
    const temporary_folder folder;
    gateway_days_wish wish;
    wish.speaks = speaks;
    wish.codes = wish.orders = 16;
    wish.seed = random_seed();
    wish.keys = folder.file("keys");
    const auto seen = simulation::run_gateway_days(wish);
    std::cout << seen << std::endl;
    EXPECT_TRUE(seen.clean()) << seen;
    EXPECT_GT(seen.approved, wish.codes / 4);
}

TEST(GatewayDays, OfWechatPayAgree) {
    run(gateway_days_wish::speech::wechat);
}

TEST(GatewayDays, OfAlipayAgree) {
    run(gateway_days_wish::speech::alipay);
}

TEST(GatewayDays, OfUnionpayAgree) {
    run(gateway_days_wish::speech::unionpay);
}

TEST(GatewayDays, OfNetpayAgree) {
    run(gateway_days_wish::speech::netpay);
}

TEST(GatewayDays, OfTheOwnInterfaceAgree) {
    run(gateway_days_wish::speech::own);
}

} // namespace
} // namespace cipherlane::tests
