// The terminal serial cryptogram over the wire: the simulated host checks it with a key of its own.
#include "integration/devices/io_thread.hpp"
#include "lane/demo_till.hpp"
#include "pinpad-sim/pinpad_models.hpp"
#include "support/lane/simulated_lane.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/drivers/pinpad/pinpad_family.hpp>

#include <gtest/gtest.h>

namespace cipherlane::tests {
namespace {

using namespace std::chrono_literals;

constexpr auto right_key = "0123456789ABCDEFFEDCBA9876543210";

TEST(TerminalSerialAtTheHost, IsAskedForAndChecked) {
    simulated_lane lane;
    auto& terminal = lane.settings.terminals.front();
    const auto expect = [&](const char* key) {
        lane.host({{"cmd", "serial_key"}, {"terminal_id", terminal.terminal_id}, {"key", key}, {"code", "58"}});
    };
    expect(right_key);
    {
        auto till = lane.open();
        const auto bare = till.sale({"none", amount(100)}, 20s);
        ASSERT_TRUE(bare) << bare.error();
        EXPECT_EQ(bare->host_code, "58") << "it says nothing";
    }
    terminal.serial_block.carrier = acquiring::serial_carrier::field59;
    terminal.serial_block.serial = "00000304N7NL01933217";
    lane.settings.sealer.serial_key_file = lane.keys.file("serial.key");
    sim::write_private_file(lane.settings.sealer.serial_key_file, right_key);
    using acquiring::serial_carrier;
    for (const auto carrier : {serial_carrier::field59, serial_carrier::field62, serial_carrier::field57}) {
        terminal.serial_block.carrier = carrier;
        auto till = lane.open();
        const auto name = std::to_string(static_cast<int>(carrier));
        const auto sold = till.sale({"sale " + name, amount(100)}, 20s);
        ASSERT_TRUE(sold) << sold.error();
        EXPECT_TRUE(sold->ok()) << *sold;
        const auto held = till.trade({ports::trade::pre_auth, "room " + name, amount(100)}, 20s);
        ASSERT_TRUE(held) << held.error();
        EXPECT_TRUE(held->ok()) << *held;
    }
    expect("88888888888888888888888888888888");
    auto till = lane.open();
    const auto foreign = till.sale({"foreign", amount(100)}, 20s);
    ASSERT_TRUE(foreign) << foreign.error();
    EXPECT_EQ(foreign->host_code, "58") << "another device's";
    EXPECT_EQ(lane.balance(), simulated_lane::balance_at_first - 600);
}

TEST(TerminalSerialAtTheGateway, IsAskedForAndChecked) {
    simulated_lane lane;
    auto& terminal = lane.settings.terminals.front();
    lane.gateway({{"cmd", "serial_key"}, {"terminal_id", terminal.terminal_id}, {"key", right_key}});
    acquiring::trade_request wish(ports::trade::qr_charge, "bare", amount(880));
    const auto charge = [&](const std::string& key, const std::string& code) {
        wish.idempotency_key = key;
        wish.payment_code = code;
        const auto told = lane.open().trade(wish, 20s);
        EXPECT_TRUE(told) << told.error();
        return told ? told->outcome : acquiring::verdict::unknown;
    };
    EXPECT_EQ(charge("bare", "285712345678901234"), acquiring::verdict::declined) << "it says nothing";
    terminal.serial_block.serial = "00000304N7NL01933217";
    lane.settings.sealer.serial_key_file = lane.keys.file("serial.key");
    sim::write_private_file(lane.settings.sealer.serial_key_file, right_key);
    using acquiring::serial_carrier;
    terminal.serial_block.carrier = serial_carrier::json;
    EXPECT_EQ(charge("plain", "285712345678905678"), acquiring::verdict::approved);
    terminal.serial_block.carrier = serial_carrier::json_base64;
    EXPECT_EQ(charge("base64", "285712345678909012"), acquiring::verdict::approved);
    terminal.serial_block.serial = "00000304N7NL01933218";
    lane.gateway({{"cmd", "serial_key"}, {"terminal_id", terminal.terminal_id}, {"key", std::string(32, '8')}});
    EXPECT_EQ(charge("foreign", "285712345678903456"), acquiring::verdict::declined) << "another device's";
}

/// A keypad that comes with the library, and in which the terminal's key lies: none is in the till.
TEST(TerminalSerialOfAKeypad, IsTheHostsWhereThePadHasTheKey) {
    io_thread there;
    const temporary_folder folder;
    auto model = there.call_there([&] {
        sim::master_keys keys;
        keys[7] = secret_bytes(from_hex(right_key).value());
        auto made = std::make_unique<sim::device_simulator>(there.context(),
            sim::pinpad_maker("psbc-sm4-serial", {}, std::move(keys), logger::none()), folder.file("pad"));
        made->plug().value();
        return made;
    });
    const auto rig = [&](const nlohmann::json& request) {
        return there.call_there([&] { return model->control(request); });
    };
    boost::asio::io_context here;
    auto pad = drivers::open_pinpad(here.get_executor(), "psbc-sm4-serial", folder.file("pad"), {}, call(20s));
    ASSERT_TRUE(pad) << pad.error();
    {
        simulated_lane lane;
        lane.pad = pad->get();
        auto& terminal = lane.settings.terminals.front();
        terminal.serial_block.carrier = acquiring::serial_carrier::field59;
        terminal.serial_block.serial = "00000304N7NL01933217";
        terminal.small_amounts = {10'000, false};
        lane.host({{"cmd", "serial_key"}, {"terminal_id", terminal.terminal_id}, {"key", right_key}, {"code", "58"}});
        auto till = lane.open();
        const auto sell = [&](const char* key) {
            rig({{"cmd", "card"}, {"track2", "6222000000000017=30122011234"}});
            const auto sold = till.sale({key, amount(100)}, 60s);
            EXPECT_TRUE(sold) << sold.error();
            return sold ? sold->host_code : std::string();
        };
        EXPECT_EQ(sell("its own"), "00");
        rig({{"cmd", "load_key"}, {"slot", 7}, {"key", std::string(32, '8')}});
        EXPECT_EQ(sell("another's"), "58");
        EXPECT_EQ(lane.balance(), simulated_lane::balance_at_first - 100);
    }
    pad->reset();
    there.stop();
}

} // namespace
} // namespace cipherlane::tests
