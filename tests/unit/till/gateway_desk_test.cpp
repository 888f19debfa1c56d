// Whose fault an error is, before an order goes on to the next gateway.
#include "gateway_desk.hpp"
#include "support/temporary_folder.hpp"

#include <cipherlane/acquiring/errc.hpp>
#include <cipherlane/hostlink/errc.hpp>
#include <cipherlane/net/errc.hpp>

#include <gtest/gtest.h>

namespace cipherlane::tests {
namespace {

class GatewayDesk : public testing::Test {
  protected:
    GatewayDesk() {
        settings.gateway.name = "near";
        settings.gateway.address = "near.example:443";
        auto& other = settings.more_gateways.emplace_back();
        other.name = "far";
        other.address = "far.example:443";
        settings.routing.gateways = {"near", "far"};
        settings.routing.state_file = folder.file("routes");
        desk = assembly::gateway_desk::open(settings, clock, logger::none()).value();
    }
    /// Whether an order goes on to the next one after that, and whether its gateway is down then.
    bool goes_on(const error& why) {
        acquiring::trade_request wish(ports::trade::qr_sale, std::to_string(++orders), amount(5));
        const auto route = desk->choose("TEST0001", wish, {}).value();
        const bool next = desk->report("TEST0001", wish, route, why, std::nullopt);
        EXPECT_EQ(desk->reports("TEST0001").value().at(route).state.up, !next) << why;
        return next;
    }
    temporary_folder folder;
    till_settings settings;
    const ports::system_clock clock;
    std::shared_ptr<assembly::gateway_desk> desk;
    int orders = 0;
};

TEST_F(GatewayDesk, PassesOverAGatewayForItsOwnFaultsAlone) {
    const error no_link(net_errc::unreachable, layer::net);
    const error no_time(hostlink_errc::too_little_time, layer::hostlink);
    EXPECT_FALSE(goes_on(no_link)) << "of nobody";
    EXPECT_FALSE(goes_on(error(no_link).at_endpoint("display.example:9"))) << "a device's";
    EXPECT_FALSE(goes_on(error(no_time).at_endpoint("risk.example:80"))) << "of whoever judges the risk";
    EXPECT_FALSE(goes_on(error(no_time).at_endpoint("far.example:443"))) << "another gateway's";
    EXPECT_FALSE(goes_on(error(hostlink_errc::bad_setting, layer::hostlink).at_endpoint("near.example:443")));
    EXPECT_TRUE(goes_on(error(no_time).at_endpoint("near.example:443")));
    EXPECT_TRUE(goes_on(error(no_link).at_endpoint("far.example:443")));
}

TEST_F(GatewayDesk, TakesTheClientsOwnWordWithoutAnAddress) {
    EXPECT_TRUE(goes_on(error(hostlink_errc::not_secured, layer::hostlink)));
}

} // namespace
} // namespace cipherlane::tests
