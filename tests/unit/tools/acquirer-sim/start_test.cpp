// Keys and cipher machine are held against each other before the first terminal comes.
#include "acquirer-sim/security.hpp"
#include "acquirer-sim/server.hpp"
#include "hsm-sim/wire/server.hpp"

#include <cipherlane/core/hex.hpp>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>

#include <array>
#include <thread>

namespace cipherlane::sim {
namespace {

const std::string zone_key = "0123456789ABCDEFFEDCBA9876543210";

class Start : public testing::TestWithParam<std::string> {
  protected:
    Start()
        : unit_(*hsm_sim::settings_of(GetParam()), hsm_sim::lmk_set::test())
        , machine_(*hsm_sim::server::start(unit_, {0, 1, false}, logger::none())) {
        settings_.hsm = "127.0.0.1:" + std::to_string(machine_->port());
        settings_.hsm_profile = GetParam();
        settings_.zone_key = under_lmk(*hsm_sim::lmk_set::test());
        settings_.zone_key_clear = zone_key;
    }

    [[nodiscard]] static std::string under_lmk(const hsm_sim::lmk_set& keys) {
        const bool westone = GetParam() == "sjj1312";
        std::array<std::uint8_t, 16> wrapped{};
        keys.wrap(hsm_sim::slots::zpk, westone ? hsm_sim::part_rule::ecb : hsm_sim::part_rule::variant,
            *from_hex(zone_key), wrapped);
        return (westone ? "" : "U") + to_hex(wrapped);
    }

    /// What is said at the start; empty if it starts.
    std::string refused() {
        const auto server = acquirer_server::start(io_, settings_, logger::none());
        return server ? std::string() : words_of(server.error());
    }

    boost::asio::io_context io_;
    hsm_sim::unit unit_;
    std::unique_ptr<hsm_sim::server> machine_;
    acquirer_settings settings_;
};

TEST_P(Start, HoldsTheKeyInClearAgainstTheOneUnderTheLmk) {
    EXPECT_EQ(refused(), "");
    settings_.zone_key_clear = "1111111111111111FEDCBA9876543210";
    EXPECT_NE(refused(), "");
    settings_.zone_key_clear = "00";
    EXPECT_NE(refused().find("zpk-clear: found 1 bytes, expected 16 or 24"), std::string::npos) << refused();
    settings_.zone_key_clear = "xx";
    EXPECT_NE(refused().find("zpk-clear"), std::string::npos);
}

TEST_P(Start, TellsInWordsThatTheKeyIsOfAnotherUnit) {
    machine_->change_lmks();
    for (int wait = 0; wait < 2; ++wait) {
        const auto words = refused();
        EXPECT_NE(words.find("field zpk"), std::string::npos) << words;
        EXPECT_EQ(words.find("probe"), std::string::npos) << words;
    }
}

TEST_P(Start, NeedsItsCipherMachine) {
    settings_.hsm = "127.0.0.1:1";
    EXPECT_NE(refused().find("is the cipher machine at 127.0.0.1:1 on"), std::string::npos) << refused();
    EXPECT_EQ(refused().find("zpk"), std::string::npos) << refused();
}

TEST_P(Start, TellsThatTheMachineIsOfAnotherMake) {
    auto other = *hsm_sim::settings_of(GetParam() == "sjj1312" ? "payshield" : GetParam());
    other.frame.header_length += 3;
    hsm_sim::unit stranger(other, hsm_sim::lmk_set::test());
    const auto machine = *hsm_sim::server::start(stranger, {0, 1, false}, logger::none());
    settings_.hsm = "127.0.0.1:" + std::to_string(machine->port());
    const auto words = refused();
    EXPECT_NE(words.find("another header length or dialect"), std::string::npos) << words;
    EXPECT_EQ(words.find("field zpk"), std::string::npos) << words;
}

TEST_P(Start, EndsAConnectionOnWhichNothingComes) {
    settings_.idle = std::chrono::milliseconds(50);
    const auto server = acquirer_server::start(io_, settings_, logger::none());
    ASSERT_TRUE(server) << server.error();
    std::thread running([this] { io_.run(); });
    boost::asio::io_context here;
    boost::asio::ip::tcp::socket silent(here);
    silent.connect({boost::asio::ip::address_v4::loopback(), (*server)->port()});
    boost::asio::write(silent, boost::asio::buffer("\0\x10", 2)); // the length of a message that never comes
    std::array<char, 1> room{};
    boost::system::error_code ended;
    EXPECT_EQ(silent.read_some(boost::asio::buffer(room), ended), 0U);
    EXPECT_TRUE(ended);
    io_.stop();
    running.join();
}

INSTANTIATE_TEST_SUITE_P(Profiles, Start, testing::Values("payshield", "sjl06", "sjj1312"));

} // namespace
} // namespace cipherlane::sim
