#include "support/bytes.hpp"

#include <cipherlane/drivers/errc.hpp>
#include <cipherlane/drivers/pinpad/abecs/abecs_messages.hpp>
#include <cipherlane/drivers/pinpad/abecs/abecs_status.hpp>

#include <gtest/gtest.h>

// Payloads from the examples of ABECS 2.12, chapter 3.

namespace cipherlane::drivers {
namespace {

using tests::hex;

std::string text_of(const secret_bytes& payload) {
    return std::string(as_text(payload.expose()));
}

std::string spaces(std::size_t count) {
    return std::string(count, ' ');
}
std::string zeros(std::size_t count) {
    return std::string(count, '0');
}

std::string published_chip_card() {
    return "GCR000352"
           "03"
           "0"
           "01"
           "02"
           "22"
           "00" +
           spaces(76) +
           "37"
           "5464999910769990=19122062812366907700"
           "000" +
           spaces(104) +
           "16"
           "5464999910769990   "
           "00"
           "CREDITO         "
           "000"
           "LEE WEINRIB / GEDDY       "
           "191231" +
           zeros(39) +
           "076"
           "000";
}

TEST(AbecsMessages, AskForACardAsPublished) {
    abecs::get_card what;
    what.acquirer_index = "00";
    what.application_type = "99";
    what.total = amount(2837);
    what.date = "140724";
    what.time = "113922";
    what.table_version = "TABVER0918";
    what.contactless = false;
    // The published example ends in 00 for the empty list and 0: contactless off.
    EXPECT_EQ(text_of(abecs::get_card_command(what)), "GCR0410099000000002837140724113922TABVER0918000");
    what.contactless.reset();
    EXPECT_EQ(text_of(abecs::get_card_command(what)), "GCR0400099000000002837140724113922TABVER091800");
    EXPECT_EQ(text_of(abecs::get_card_again_command()), "GCR");
}

TEST(AbecsMessages, ReadThePublishedChipCard) {
    auto payload = published_chip_card();
    ASSERT_EQ(payload.size(), 361U);
    auto card = abecs::parse_card(as_bytes(payload));
    ASSERT_TRUE(card) << card.error();
    EXPECT_EQ(card->type, abecs::card_type::contact);
    EXPECT_EQ(card->acquirer_index, "02");
    EXPECT_EQ(as_text(card->track2.expose()), "5464999910769990=19122062812366907700");
    EXPECT_TRUE(card->track1.empty());
    EXPECT_TRUE(card->track3.empty());
    EXPECT_EQ(as_text(card->account.expose()), "5464999910769990");
    EXPECT_EQ(card->sequence_number, "00");
    EXPECT_EQ(card->expiry, "191231");
    EXPECT_FALSE(card->fallback);
}

TEST(AbecsMessages, ReadThePublishedMagneticCard) {
    const auto payload =
        std::string("GCR000352") + "00" + "1" + "00" + "00" + "00" + "76" +
        "B4444333322221111^TOM SAWYER^16081018127365476152364517862354876123764576123" + "37" +
        "4444333322221111=16081018127365476154" + "090" +
        "4444333322221111==16081018127365476152364517862354876123764576123=837482747872368400001991" + spaces(14) +
        "00" + spaces(19) + "00" + spaces(16) + "000" + spaces(26) + zeros(6) + zeros(39) + "000" + "000";
    ASSERT_EQ(payload.size(), 361U);
    auto card = abecs::parse_card(as_bytes(payload));
    ASSERT_TRUE(card) << card.error();
    EXPECT_EQ(card->type, abecs::card_type::magnetic);
    EXPECT_TRUE(card->fallback);
    EXPECT_EQ(as_text(card->track2.expose()), "4444333322221111=16081018127365476154");
    EXPECT_EQ(card->track1.size(), 76U);
    EXPECT_EQ(card->track3.size(), 90U);
    EXPECT_TRUE(card->account.empty());
}

TEST(AbecsMessages, RefuseEveryCutAndWrongDigitOfACard) {
    auto payload = published_chip_card();
    for (std::size_t size = 0; size < payload.size(); ++size) {
        auto card = abecs::parse_card(as_bytes(std::string_view(payload).substr(0, size)));
        ASSERT_FALSE(card) << size;
        EXPECT_EQ(card.error().code(), drivers_errc::bad_content);
    }
    for (std::size_t at : {3U, 5U, 6U, 9U, 10U, 11U, 18U, 96U}) {
        auto wrong = payload;
        wrong[at] = 'x';
        EXPECT_FALSE(abecs::parse_card(as_bytes(wrong))) << at;
    }
    payload[96] = '9'; // longer than its place
    payload[97] = '9';
    auto card = abecs::parse_card(as_bytes(payload));
    ASSERT_FALSE(card);
    EXPECT_EQ(card.error().field(), "GCR_TRK2");
}

TEST(AbecsMessages, AskForAPinAsPublished) {
    auto key = hex("4135EA58BA13E262F44C59ED7899AA3C");
    abecs::get_pin what;
    what.key = {8, key};
    what.account = "4444333322221111";
    what.lines = "R$         34,56DIGITE SUA SENHA";
    EXPECT_EQ(text_of(*abecs::get_pin_command(what)),
        "GPN0931084135EA58BA13E262F44C59ED7899AA3C164444333322221111   10412R$         34,56DIGITE SUA SENHA");
    auto single = hex("4135EA58BA13E262");
    what.key = {8, single};
    EXPECT_TRUE(text_of(*abecs::get_pin_command(what)).starts_with("GPN0930084135EA58BA13E2620000000000000000"));
}

TEST(AbecsMessages, RefusePinRequestsThatDoNotFit) {
    auto key = hex("4135EA58BA13E262F44C59ED7899AA3C");
    abecs::get_pin good;
    good.key = {8, key};
    good.account = "4444333322221111";
    auto refused = [](const abecs::get_pin& what) {
        auto made = abecs::get_pin_command(what);
        return !made && made.error().is(condition::misuse);
    };
    auto what = good;
    what.key.slot = 100;
    EXPECT_TRUE(refused(what));
    what = good;
    what.key.cryptogram = byte_view(key).first(15);
    EXPECT_TRUE(refused(what));
    what = good;
    what.account = "44443333222211112222";
    EXPECT_TRUE(refused(what));
    what = good;
    what.account = "4444 333";
    EXPECT_TRUE(refused(what));
    what = good;
    what.least = 3;
    EXPECT_TRUE(refused(what));
    what = good;
    what.most = 13;
    EXPECT_TRUE(refused(what));
}

TEST(AbecsMessages, ReadThePublishedPinBlock) {
    auto block = abecs::parse_pin(as_bytes("GPN000036BB6BE28FDF3522E900000000000000000000"));
    ASSERT_TRUE(block);
    EXPECT_EQ(*block, secret_bytes(hex("BB6BE28FDF3522E9")));
    EXPECT_EQ(
        abecs::parse_pin(as_bytes("GPN000036BB6BE28FDF3522EX00000000000000000000")).error().field(), "GPN_PINBLK");
    EXPECT_FALSE(abecs::parse_pin(as_bytes("GPN000036BB6BE28F")));
}

TEST(AbecsMessages, GoOnWithAChipCard) {
    auto key = hex("00112233445566778899AABBCCDDEEFF");
    auto tags = hex("829F279F269F36958F9F37");
    abecs::go_on_chip what{amount(1200), {1, key}, tags};
    EXPECT_EQ(text_of(*abecs::go_on_chip_command(what)), "GOC086"
                                                         "000000001200"
                                                         "000000000000"
                                                         "0"
                                                         "1"
                                                         "0"
                                                         "1"
                                                         "01"
                                                         "00112233445566778899AABBCCDDEEFF"
                                                         "1"
                                                         "00000000"
                                                         "00"
                                                         "00000000"
                                                         "00"
                                                         "000"
                                                         "025"
                                                         "011"
                                                         "829F279F269F36958F9F37"
                                                         "003"
                                                         "000");
}

TEST(AbecsMessages, LetTheCardDecideOffline) {
    const auto tags = hex("829F27");
    abecs::go_on_chip what{amount(1200), {}, tags, abecs::go_on_chip::decides::card};
    EXPECT_EQ(text_of(*abecs::go_on_chip_command(what)), "GOC086"
                                                         "000000001200"
                                                         "000000000000"
                                                         "0"
                                                         "0" // the host cannot be reached
                                                         "0"
                                                         "1"
                                                         "00"
                                                         "00000000000000000000000000000000"
                                                         "1"
                                                         "000004B1" // a floor limit of 12.01
                                                         "00"
                                                         "00000000"
                                                         "00"
                                                         "000"
                                                         "009"
                                                         "003"
                                                         "829F27"
                                                         "003"
                                                         "000");
    what.by = abecs::go_on_chip::decides::host;
    EXPECT_FALSE(abecs::go_on_chip_command(what)) << "online there is a PIN key";
    auto approved = abecs::parse_chip(as_bytes("GOC000056"
                                               "0"
                                               "0"
                                               "0"
                                               "0"
                                               "0"
                                               "0"
                                               "0000000000000000"
                                               "00000000000000000000"
                                               "004"
                                               "9F270140"
                                               "000"));
    ASSERT_TRUE(approved) << approved.error();
    EXPECT_EQ(approved->what, abecs::chip_answer::decision::approved_offline);
}

TEST(AbecsMessages, ReadThePublishedChipAnswer) {
    auto chip = abecs::parse_chip(as_bytes(
        "GOC000130201000000000000000000000000000000000000000041820258009F2701809F2608765DC13807D1E4C89F36020006"
        "950500100000008F01059F37045A77ACF0000"));
    ASSERT_TRUE(chip) << chip.error();
    EXPECT_EQ(chip->what, abecs::chip_answer::decision::online);
    EXPECT_TRUE(chip->pin_offline);
    EXPECT_TRUE(chip->pin_block.empty());
    EXPECT_EQ(chip->emv, hex("820258009F2701809F2608765DC13807D1E4C89F36020006950500100000008F01059F37045A77ACF0"));
}

TEST(AbecsMessages, FinishAChipCardAsPublished) {
    auto issuer = hex("9108E64A2FE21FD88672");
    auto tags = hex("829F279F269F36958F9F37");
    abecs::finish_chip what{ports::host_verdict::approved, "00", issuer, tags};
    EXPECT_EQ(text_of(*abecs::finish_chip_command(what)),
        "FNC03000000109108E64A2FE21FD88672000025011829F279F269F36958F9F37");
    what.response_code = "11";
    EXPECT_TRUE(text_of(*abecs::finish_chip_command(what)).starts_with("FNC0309011010"));
    what = {ports::host_verdict::unreachable, "", issuer, tags};
    EXPECT_TRUE(text_of(*abecs::finish_chip_command(what))
                    .starts_with("FNC010"
                                 "1"
                                 "0"
                                 "00"
                                 "000"
                                 "000"));
    what = {ports::host_verdict::declined, "", issuer, tags};
    EXPECT_FALSE(abecs::finish_chip_command(what));
    auto report = abecs::parse_finish(as_bytes(
        "FNC0000911041820258009F2701009F260869EBA3BE1CC8B38D9F36020006950500100000008F01059F37045A77ACF000000"));
    ASSERT_TRUE(report) << report.error();
    EXPECT_EQ(report->outcome, ports::chip_report::decision::declined_by_card);
    EXPECT_TRUE(report->script_results.empty());
    EXPECT_EQ(report->emv.size(), 41U);
}

TEST(AbecsMessages, CloseWithATextAsPublished) {
    auto lines = abecs::two_lines("POSTO FORÇA 10  ", "OBRIGADO!!!", 0);
    EXPECT_EQ(text_of(abecs::close_command(*lines)), "CLO032POSTO FOR\xC7"
                                                     "A 10  OBRIGADO!!!     ");
}

TEST(AbecsMessages, ShowWhatTheDisplayDoesNotHaveAsAsked) {
    EXPECT_EQ(*abecs::two_lines("支付 12.34", "ok", '?'), "?? 12.34        ok              ");
    auto refused = abecs::two_lines("ok", "1234支", 0);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), drivers_errc::unsendable_text);
    EXPECT_EQ(refused.error().offset(), 4U);
    EXPECT_EQ(*abecs::two_lines("a\nb", "12345678901234567890", '?'), "a?b             1234567890123456");
}

TEST(AbecsStatus, SaysWhatHappened) {
    EXPECT_TRUE(abecs_error(abecs_status::cancelled).is(condition::cancelled));
    EXPECT_TRUE(abecs_error(abecs_status::timeout).is(condition::timed_out));
    EXPECT_TRUE(abecs_error(abecs_status::key_missing).is(condition::rejected_by_peer));
    EXPECT_TRUE(abecs_error(999).is(condition::rejected_by_peer));
    EXPECT_EQ(abecs_error(42).peer_code(), "042");
    EXPECT_EQ(abecs_error(42).code().message(), "the device does not hold this key");
}

} // namespace
} // namespace cipherlane::drivers
