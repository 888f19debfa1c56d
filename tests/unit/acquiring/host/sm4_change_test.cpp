// A terminal at work changes from 3DES to SM4: what was open before is undone and settled under the new keys.
// All messages and keys were laid out by hand from the dialect's tables, MACs and cryptograms made with another
// program.
#include "support/lane/lane_rig.hpp"

#include <cipherlane/acquiring/errc.hpp>
#include <cipherlane/acquiring/host_service.hpp>
#include <cipherlane/core/hex.hpp>

#include <gtest/gtest.h>

namespace cipherlane::tests {
namespace {

/// The SM4 working keys of the tests, 0123456789ABCDEFFEDCBA9876543210 for PINs and 1234567890123456 twice for MACs,
/// under the master key of the rig as one of SM4, each with its check value.
constexpr auto sm4_field62 = "810186E792F7FCF09EB2E9B2494AA1662677F46B"
                             "DA18A7A12F9E00D23614F012C0CA64049B8DB002";
constexpr auto sm4_tak = "12345678901234567890123456789012";
/// PIN 123654 with the pad's card.
constexpr auto sm4_pin_block = "20EE171BDBA8C6FF111AB083CAB6E814";

constexpr auto sign_in =
    "600003000060310031073008000020000000C000120000045445535430303031544553544D45524348303030303031001100"
    "00000100500003303120";
/// Of the sale that was on its way when the terminal changed: field 39 is 98, field 64 eight bytes of the MAC.
constexpr auto reversal =
    "600003000060310031073004007024048002C080111962220000000000000040000000000000000500000003301202100039"
    "385445535430303031544553544D455243483030303030313135360014220000010005009BE8910B10AA674C";
/// Field 52 is zeros, 53 says SM4, 62 carries the PIN block.
constexpr auto sale =
    "60000300006031003107300200702404C020C098151962220000000000000040000000000000001000000005301202100012"
    "316222000000000000004D3012201123405445535430303031544553544D4552434830303030303131353600000000000000"
    "0023000000000000000014220000010005000018001020EE171BDBA8C6FF111AB083CAB6E8146D037113F36F0A29";

class Sm4Change : public testing::Test {
  protected:
    /// From now on host, pad and settings are of SM4, in a new process.
    void change(int slot) {
        rig.restart();
        rig.settings.keys.algorithm = acquiring::key_algorithm::sm4;
        rig.settings.keys.master_slot = slot;
        rig.settings.keys.sign_in_code = "005";
        rig.use_master_key(test_tmk);
        rig.host.use_sm4(sm4_tak);
        rig.host.field62 = sm4_field62;
        rig.host.mood = host_mood();
        rig.host.requests.clear();
        rig.pinpad.pin_block = sm4_pin_block;
    }

    lane_rig rig;
};

TEST_F(Sm4Change, OfAWorkingTerminalSendsTheBytesLaidOutByHand) {
    ASSERT_TRUE(rig.sell("before", 700)->ok());
    rig.host.mood.answer_lost = true;
    ASSERT_EQ(rig.sell("on its way", 500)->outcome, acquiring::verdict::unknown);
    change(1);
    const auto after = rig.sell("after", 1000);
    ASSERT_TRUE(after) << after.error();
    EXPECT_TRUE(after->ok()) << *after;
    ASSERT_EQ(rig.host.requests.size(), 3U);
    EXPECT_EQ(to_hex(rig.host.requests[0]), sign_in);
    EXPECT_EQ(to_hex(rig.host.requests[1]), reversal);
    EXPECT_EQ(to_hex(rig.host.requests[2]), sale);
    EXPECT_EQ(rig.books.taken(), 1700);
}

TEST_F(Sm4Change, LeavesTheBatchThatIsInProgressWhole) {
    const auto first = rig.sell("first", 700).value();
    const auto second = rig.sell("second", 300).value();
    change(1);
    ASSERT_TRUE(rig.undo("void", first.handle)->ok());
    ASSERT_TRUE(rig.give_back("refund", second.handle, 100)->ok());
    ASSERT_TRUE(rig.sell("third", 50)->ok());
    const auto settled = rig.settle();
    ASSERT_TRUE(settled) << settled.error();
    EXPECT_EQ(settled->host, acquiring::settlement_result::balanced);
    EXPECT_EQ(rig.booked(), 250);
    EXPECT_EQ(rig.books.taken(), 250);
}

TEST_F(Sm4Change, IsSeenByCheckValuesWhereTheSlotStaysTheSame) {
    ASSERT_TRUE(rig.sell("before", 1)->ok());
    change(0);
    ASSERT_TRUE(rig.sell("after", 1)->ok());
    std::string expected = sign_in;
    expected.replace(expected.find("000004"), 6, "000003");
    EXPECT_EQ(to_hex(rig.host.requests.front()), expected);
    // And back.
    rig.restart();
    rig.settings.keys = rig_settings().keys;
    rig.use_master_key(test_tmk);
    EXPECT_EQ(rig.sell("back", 1).error().code(), acquiring_errc::check_value_wrong)
        << "the host still gives SM4 keys";
}

TEST_F(Sm4Change, GivesTheSealerNoMasterKeyOfTheOtherSlot) {
    const std::string of_tdes = "0123456789ABCDEFFEDCBA9876543210";
    auto settings = rig_settings();
    settings.serial_number = "SN000001";
    rig.settings = settings;
    ASSERT_TRUE(rig.sell("before", 1)->ok());
    // Under the master key loaded by hand, 3DES, with its check value.
    rig.host.master_key = "AA3A8E0552E755BDA9D6A7B8B6367174"
                          "08D7B4FB";
    const acquiring::service_request renew(acquiring::service::master_key);
    const auto renewed = acquiring::host_service(rig.lane()).run(renew, soon());
    ASSERT_TRUE(renewed) << renewed.error();
    ASSERT_EQ(rig.journal->terminal("TEST0001", soon())->master_keys.size(), 1U);
    rig.pinpad.master_keys_given = 0;
    change(1);
    ASSERT_TRUE(rig.sell("after", 1)->ok());
    EXPECT_EQ(rig.pinpad.master_keys_given, 0) << "nor the pad, whose key of SM4 was loaded by hand";
}

} // namespace
} // namespace cipherlane::tests
