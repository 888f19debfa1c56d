#include "support/bytes.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/drivers/errc.hpp>
#include <cipherlane/drivers/terminal/zvt/zvt_fields.hpp>
#include <cipherlane/drivers/terminal/zvt/zvt_messages.hpp>

#include <gtest/gtest.h>

#include <string>

namespace cipherlane::drivers {
namespace {

using ports::terminal_request;
using ports::terminal_verb;
using tests::hex;

const currency euro{978, 2};

std::string shown(const zvt::command& what) {
    return to_hex(to_wire(what.code, what.data).expose());
}

// The status information of a public capture, shortened: every odd length in one message.
const auto captured_status = hex("2700 04000000001880 0B000153 0C192336 0D0416 170001 22F0F8EEEEEEEEEEEE5726"
                                 "2929001006 2A313030373634393932202020202020 3B3935383532300000"
                                 "3CF0F1F447454E2E4E522E3A393538353230 490978 870153 88000153 8A2E"
                                 "8BF0F84D41455354524F00");

TEST(ZvtMessages, AreThePublishedOnes) {
    EXPECT_EQ(shown(*zvt::trade("000000", terminal_request(terminal_verb::authorise, amount(50, euro)))),
        "06010A04000000000050490978");
    EXPECT_EQ(shown(*zvt::trade("000000", terminal_request(terminal_verb::void_payment, amount(1880, euro), "0153"))),
        "06301000000087015304000000001880490978");
    EXPECT_EQ(shown(*zvt::repeat_receipt("123456", zvt::repeat::status_alone)), "0620051234560303");
    EXPECT_EQ(shown(zvt::diagnosis()), "067000");
    EXPECT_EQ(shown(*zvt::end_of_day("123456")), "065003123456");
}

TEST(ZvtMessages, RegisterTheTillWithItsCurrency) {
    EXPECT_EQ(shown(*zvt::registration("123456", euro, true)), "060006123456BE0978");
    EXPECT_EQ(shown(*zvt::registration("123456", euro, false)), "060006123456B80978") << "receipts on its own paper";
}

TEST(ZvtMessages, RefuseWhatTheyCannotCarry) {
    EXPECT_EQ(zvt::registration("12345", euro, true).error().field(), "password");
    EXPECT_EQ(zvt::registration("12345x", euro, true).error().field(), "password");
    const auto voided = [&](const char* receipt) {
        return zvt::trade("000000", terminal_request(terminal_verb::void_payment, amount(1, euro), receipt));
    };
    for (const char* receipt : {"", "12345", "12a"})
        EXPECT_EQ(voided(receipt).error().field(), "original") << receipt;
    EXPECT_EQ(
        zvt::trade("000000", terminal_request(terminal_verb::authorise, amount(0, euro))).error().field(), "total");
}

TEST(ZvtMessages, ReadACapturedStatusInformation) {
    const auto told = zvt::parse_status(captured_status);
    ASSERT_TRUE(told) << told.error();
    EXPECT_EQ(told->result, 0);
    EXPECT_EQ(told->minor, 1880);
    EXPECT_EQ(told->trace, "000153");
    EXPECT_EQ(told->time, "192336");
    EXPECT_EQ(told->date, "0416");
    EXPECT_EQ(told->terminal_id, "29001006");
    EXPECT_EQ(told->authorization, "958520");
    EXPECT_EQ(told->receipt, "0153");
    EXPECT_EQ(told->card_name, "MAESTRO");
    EXPECT_EQ(told->text, "GEN.NR.:958520");
    EXPECT_EQ(told->unit, 978);
    EXPECT_EQ(told->masked_pan, "******" + std::string(6, '*') + "5726");
}

TEST(ZvtMessages, ShowOfACardNumberNoMoreThanTheRuleLets) {
    // Sixteen digits in clear, as some terminals send them.
    const auto told = zvt::parse_status(hex("2700 22F0F8 6212345678900017"));
    ASSERT_TRUE(told);
    EXPECT_EQ(told->masked_pan, "621234******0017");
}

/// A terminal that read no card number says so by a length of nought: the rest of its message counts.
TEST(ZvtMessages, AnEmptyCardNumberLosesNothingBehindIt) {
    const auto told = zvt::parse_status(hex("2700 0B000153 22F0F0 2929001006 490978"));
    ASSERT_TRUE(told) << told.error();
    EXPECT_EQ(told->result, 0);
    EXPECT_EQ(told->trace, "000153");
    EXPECT_EQ(told->masked_pan, "");
    EXPECT_EQ(told->terminal_id, "29001006");
    EXPECT_EQ(told->unit, 978);
}

TEST(ZvtMessages, ALongTraceNumberStandsInTheContainer) {
    const auto told = zvt::parse_status(hex("2700 0B000000 0607 1F2B04 01234567"));
    ASSERT_TRUE(told) << told.error();
    EXPECT_EQ(told->trace, "01234567");
}

TEST(ZvtMessages, NameTheFieldThatTheyCannotRead) {
    const auto told = zvt::parse_status(hex("2700 DE01"));
    ASSERT_FALSE(told);
    EXPECT_EQ(told.error().code(), drivers_errc::bad_content);
    EXPECT_EQ(told.error().field(), "DE");
    EXPECT_EQ(told.error().offset(), 2U);
    EXPECT_EQ(zvt::parse_status(hex("0400000000")).error().field(), "04") << "cut off";
    EXPECT_EQ(zvt::parse_status(hex("22F0E8")).error().field(), "22") << "no digit of a length";
    EXPECT_EQ(zvt::parse_status(hex("04A00000000000")).error().field(), "04") << "no digits";
    EXPECT_FALSE(zvt::parse_status(hex("06 05 1F2B04 0123"))) << "an element longer than its container";
    EXPECT_FALSE(zvt::parse_status(hex("06 80"))) << "a length that is none";
}

/// Bare, with a status byte alone, with fields, with a version's text.
TEST(ZvtMessages, ReadEveryFormOfACompletion) {
    EXPECT_FALSE(zvt::parse_completion({})->code);
    EXPECT_EQ(zvt::parse_completion(hex("DC"))->code, 0xDC);
    const auto fields = zvt::parse_completion(hex("1900 2929001006 490978"));
    EXPECT_EQ(fields->code, 0x00);
    EXPECT_EQ(fields->terminal_id, "29001006");
    const auto version = zvt::parse_completion(hex("F0F0F4 56312E30 DC"));
    ASSERT_TRUE(version);
    EXPECT_EQ(version->version, "V1.0");
    EXPECT_EQ(version->code, 0xDC);
}

TEST(ZvtMessages, ReadProgressWithItsTimeAndWords) {
    const auto bare = zvt::parse_progress(hex("0A"));
    EXPECT_EQ(bare->code, 0x0A);
    EXPECT_FALSE(bare->minutes);
    const auto timed = zvt::parse_progress(hex("0E10"));
    EXPECT_EQ(timed->minutes, 10);
    const auto worded = zvt::parse_progress(hex("0A03 060E 240C 0704 4B617274 0704 67616E7A"));
    ASSERT_TRUE(worded) << worded.error();
    EXPECT_EQ(worded->text, "Kart ganz");
}

TEST(ZvtMessages, ReadLinesAndBlocks) {
    const auto line = zvt::parse_line(hex("00 42657472 84 67"));
    EXPECT_EQ(line->lines, (std::vector<std::string>{"Betr\xC3\xA4g"})); // code page 437
    EXPECT_FALSE(line->last);
    EXPECT_TRUE(zvt::parse_line(hex("FF41"))->last);
    const auto block = zvt::parse_block(hex("060B 2509 0701 41 0900 0702 4242"));
    ASSERT_TRUE(block) << block.error();
    EXPECT_EQ(block->lines, (std::vector<std::string>{"A", "BB"}));
}

TEST(ZvtFields, AreWrittenAsTheyAreRead) {
    zvt_field_writer out;
    out.digits(0x04, 123).byte(0x19, 0x40).value(0x3C, as_bytes("abc"));
    zvt_field_writer inner;
    inner.element(0x1F2B, hex("0123")).element(0x07, bytes(200, 0x41));
    out.value(0x06, inner.data());
    EXPECT_TRUE(to_hex(out.data())
                    .starts_with("04000000000123"
                                 "1940"
                                 "3CF0F0F3616263"
                                 "0681D0"
                                 "1F2B020123"
                                 "0781C8"));
    zvt_field_reader in(out.data());
    for (const std::uint32_t tag : {0x04U, 0x19U, 0x3CU, 0x06U}) {
        const auto next = in.next();
        ASSERT_TRUE(next && *next);
        EXPECT_EQ((**next).tag, tag);
    }
    EXPECT_FALSE(*in.next());
}

} // namespace
} // namespace cipherlane::drivers
