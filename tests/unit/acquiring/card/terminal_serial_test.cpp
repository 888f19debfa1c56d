// The terminal serial block of sales and pre-authorisations (终端序列号信息): literal fields, cryptograms by an SM4
// of openssl's.
#include "unit/acquiring/any_trade.hpp"

#include <cipherlane/acquiring/errc.hpp>
#include <cipherlane/core/hex.hpp>
#include <cipherlane/iso8583/codec.hpp>
#include <cipherlane/iso8583/cup_pos.hpp>

#include <gtest/gtest.h>

namespace cipherlane::tests {
namespace {

using acquiring::serial_carrier;
using acquiring::verdict;
using acquiring::without_serial_key;
using ports::trade;

const std::string serial_key = "0123456789ABCDEFFEDCBA9876543210";
/// The fake card's number ends in 000004.
const std::string with_cryptogram = "A206901002040202000000304N7NL01933217030060000040400"
                                    "8CB25867805008310001  ";
const std::string bare = "A204501002040202000000304N7NL0193321705008310001  ";

acquiring::terminal_settings with_block(serial_carrier where = serial_carrier::field59) {
    auto settings = rig_settings();
    settings.serial_block.carrier = where;
    settings.serial_block.serial = "00000304N7NL01933217";
    settings.serial_block.version = "310001";
    return settings;
}

/// The fields of requests of one message type, as they came.
std::vector<std::string> watch(lane_rig& rig, const std::string& mti, int field) {
    std::vector<std::string> seen;
    for (const auto& one : rig.host.requests) {
        const auto view = iso8583::decode_body(iso8583::cup_pos(), one).value();
        if (view.mti() == mti) seen.push_back(view.has(field) ? view.value(field) : "none");
    }
    return seen;
}

TEST(TerminalSerial, IsSaidBySalesAndPreAuthorisations) {
    lane_rig rig(with_block());
    rig.pinpad.serial_key = from_hex(serial_key).value();
    const auto sold = rig.sell("sale", 1234);
    ASSERT_TRUE(sold && sold->ok());
    const auto held = do_trade(rig, {trade::pre_auth, "room", amount(100)});
    ASSERT_TRUE(held && held->ok());
    ASSERT_TRUE(rig.undo("void", sold->handle)->ok());
    EXPECT_EQ(watch(rig, "0200", 59), (std::vector<std::string>{with_cryptogram, "none"})) << "a void says nothing";
    EXPECT_EQ(watch(rig, "0100", 59), std::vector{with_cryptogram});
    for (const auto& one : rig.records())
        EXPECT_EQ(one.serial_block.find("000004"), std::string::npos) << "no digits of the card in the clear";
}

TEST(TerminalSerial, IsMadeByTheSealerWhereThePadMakesNone) {
    lane_rig rig(with_block(serial_carrier::field62));
    rig.settings.serial_block.licence = "P3100";
    ASSERT_TRUE(rig.sealer->use_serial_key(secret_bytes(from_hex(serial_key).value())));
    ASSERT_TRUE(rig.sell("sale", 1234)->ok());
    EXPECT_EQ(
        watch(rig, "0200", 62), std::vector<std::string>{"PI730305P3100040204051400000304N7NL01933217060600000407"
                                                         "08CB2586780808310001  "});
    EXPECT_EQ(rig.pinpad.trips, 3);
}

TEST(TerminalSerial, IsAllOfField57WithAVersionFilledUpByZeros) {
    lane_rig rig(with_block(serial_carrier::field57));
    rig.settings.serial_block.filled_with = acquiring::version_fill::zeros;
    rig.pinpad.serial_key = from_hex(serial_key).value();
    ASSERT_TRUE(rig.sell("sale", 1234)->ok());
    EXPECT_EQ(watch(rig, "0200", 57), std::vector<std::string>{"040020405020"
                                                               "00000304N7NL01933217060060000040"
                                                               "7008CB2586780800831000100"});
    for (const auto& one : rig.records())
        EXPECT_EQ(one.serial_block.find("000004"), std::string::npos) << "no digits of the card in the clear";
}

TEST(TerminalSerial, GoesToAGatewayWithWhatItIsAskedToCharge) {
    for (const auto carrier : {serial_carrier::json, serial_carrier::json_base64}) {
        lane_rig rig(with_block(carrier));
        rig.pinpad.serial_key = from_hex(serial_key).value();
        acquiring::trade_request wish(trade::qr_charge, "scan", amount(1000));
        wish.payment_code = "6221345678901234567";
        (void)do_trade(rig, wish);
        const auto& block = rig.gateway.serial_block;
        ASSERT_TRUE(block);
        EXPECT_EQ(block->serial, "00000304N7NL01933217");
        EXPECT_EQ(block->factor, "234567");
        EXPECT_EQ(block->cryptogram, carrier == serial_carrier::json ? "78BAEC5D" : "NzhCQUVDNUQ=");
        EXPECT_EQ(block->version, "310001  ") << "filled up as in a field";
        rig.pinpad.serial_key.clear();
        ASSERT_TRUE(rig.sell("sale", 1)->ok());
        EXPECT_EQ(watch(rig, "0200", 59), std::vector<std::string>{"none"}) << "the host's messages carry none";
    }
}

TEST(TerminalSerial, IsNotMadeForAGatewayThatLeavesItOut) {
    auto settings = with_block(serial_carrier::json);
    settings.serial_block.without_key = without_serial_key::refuses;
    lane_rig rig(settings);
    acquiring::trade_request wish(trade::qr_charge, "scan", amount(1000));
    wish.payment_code = "6221345678901234567";
    const auto refused = do_trade(rig, wish);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), acquiring_errc::no_device);
    EXPECT_TRUE(rig.records().empty()) << "it is made before anything is on file";
    rig.gateway.takes_block = false;
    const auto paid = do_trade(rig, wish);
    ASSERT_TRUE(paid) << paid.error();
    EXPECT_TRUE(paid->ok()) << *paid;
    EXPECT_FALSE(rig.gateway.serial_block);
}

TEST(TerminalSerial, OfJsonRefusesWhatFieldsAloneCarry) {
    const auto field = [](auto change) {
        auto settings = with_block(serial_carrier::json);
        EXPECT_TRUE(settings.validate());
        change(settings.serial_block);
        const auto checked = settings.validate();
        return checked ? std::string("none") : std::string(checked.error().field());
    };
    EXPECT_EQ(field([](auto& block) { block.device_type = "02"; }), "serial_block.device_type");
    EXPECT_EQ(field([](auto& block) { block.in_reversals = false; }), "serial_block.in_reversals");
    EXPECT_EQ(field([](auto& block) { block.licence = "P3100"; }), "serial_block.licence");
    EXPECT_EQ(field([](auto& block) { block.filled_with = acquiring::version_fill::zeros; }), "none");
}

TEST(TerminalSerial, StandsBeforeThePaymentCodeWhoseEndIsItsFactor) {
    auto settings = with_block();
    settings.serial_block.serial.clear();
    settings.serial_number = "N7NL01933217";
    lane_rig rig(settings);
    rig.pinpad.serial_key = from_hex(serial_key).value();
    acquiring::trade_request wish(trade::code_sale, "scan", amount(1000));
    wish.payment_code = "6221345678901234567";
    ASSERT_TRUE(do_trade(rig, wish)->ok());
    EXPECT_EQ(watch(rig, "0200", 59), std::vector<std::string>{"A206101002040201"
                                                               "2N7NL0193321703006234567"
                                                               "04008178B05AE05008310001  "
                                                               "A30196221345678901234567"});
}

TEST(TerminalSerial, IsSaidAgainByTheReversalUnlessTheHostWantsNone) {
    for (const bool again : {true, false}) {
        auto settings = with_block();
        settings.serial_block.in_reversals = again;
        lane_rig rig(settings);
        rig.pinpad.serial_key = from_hex(serial_key).value();
        ASSERT_TRUE(rig.sign_in());
        rig.host.mood.seal = host_mood::mac::wrong;
        (void)rig.sell("sale", 500);
        rig.host.mood = host_mood();
        rig.restart(); // from the journal and the sealed card alone
        rig.settings.serial_block.version = "310002";
        ASSERT_TRUE(rig.recover());
        EXPECT_EQ(watch(rig, "0400", 59).back(), again ? with_cryptogram : "none");
    }
}

TEST(TerminalSerial, WithoutAKeyFollowsTheSetting) {
    lane_rig omits(with_block());
    ASSERT_TRUE(omits.sell("sale", 1)->ok());
    EXPECT_EQ(watch(omits, "0200", 59), std::vector{bare});

    auto settings = with_block();
    settings.serial_block.without_key = without_serial_key::blanks;
    lane_rig blanks(settings);
    ASSERT_TRUE(blanks.sell("sale", 1)->ok());
    auto blank = with_cryptogram;
    blank.replace(blank.find("CB258678"), 8, 8, ' ');
    EXPECT_EQ(watch(blanks, "0200", 59), std::vector{blank});

    settings.serial_block.without_key = without_serial_key::refuses;
    lane_rig refuses(settings);
    const auto end = refuses.sell("sale", 1);
    ASSERT_FALSE(end);
    EXPECT_EQ(end.error().code(), acquiring_errc::no_device);
    EXPECT_TRUE(watch(refuses, "0200", 59).empty()) << "nothing has left";
    refuses.pinpad.serial_key = from_hex(serial_key).value();
    refuses.faults.kind = fault_kind::link_lost;
    refuses.faults.fails = [](std::string_view call) { return call == "pinpad serial cryptogram"; };
    EXPECT_TRUE(refuses.sell("sale", 1).error().is(condition::link_lost)) << "the key may be used again";
    refuses.faults.fails = {};
    EXPECT_TRUE(refuses.sell("sale", 1)->ok());
}

TEST(TerminalSerial, HasNoRoomBesideAnInstalmentPlan) {
    lane_rig rig(with_block(serial_carrier::field62));
    acquiring::trade_request wish(trade::instalment_sale, "tv", amount(1000));
    wish.instalment = {12, "PLAN01", '0'};
    EXPECT_EQ(do_trade(rig, wish).error().field(), "serial_block.carrier");
    auto settings = with_block(serial_carrier::field62);
    settings.keys.algorithm = acquiring::key_algorithm::sm4;
    EXPECT_EQ(settings.validate().error().field(), "serial_block.carrier") << "nor beside the PIN under SM4";
    settings = with_block();
    settings.serial_block.serial.clear();
    EXPECT_EQ(settings.validate().error().field(), "serial_block.serial");
}

} // namespace
} // namespace cipherlane::tests
