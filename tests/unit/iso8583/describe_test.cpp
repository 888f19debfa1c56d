#include "support/vectors.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/iso8583/codec.hpp>
#include <cipherlane/iso8583/cup_pos.hpp>
#include <cipherlane/iso8583/describe.hpp>
#include <cipherlane/iso8583/errc.hpp>
#include <cipherlane/iso8583/iso_dialects.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cipherlane::iso8583 {
namespace {

using testing::HasSubstr;
using testing::Not;

bytes published(const std::string& id) {
    for (const auto& row : tests::load_vectors("iso8583_cup_pos.csv")) {
        if (row["id"] == id) return *from_hex(row["hex"]);
    }
    return {};
}

std::string print(const std::string& id, reveal how = reveal::masked) {
    const auto wire = published(id);
    return describe(*decode(cup_pos(), wire), how);
}

TEST(Describe, MasksUnlessToldOtherwise) {
    const auto masked = print("cup-03");
    EXPECT_THAT(masked, HasSubstr("622200*********0004"));
    for (const auto* secret : {"6222000000000000004", "D3012201", "1616116C76559985"}) {
        EXPECT_THAT(masked, Not(HasSubstr(secret)));
        EXPECT_THAT(print("cup-03", reveal::whole), HasSubstr(secret));
    }
    EXPECT_THAT(print("cup-14"), Not(HasSubstr("C381E532")));
    EXPECT_THAT(print("cup-11"), Not(HasSubstr("6212345678")));
    EXPECT_THAT(print("cup-01"), Not(HasSubstr("58B2A205")));
}

TEST(Describe, ShowsSubfieldsAndTotals) {
    EXPECT_THAT(print("cup-03"), HasSubstr("60.2"));
    EXPECT_THAT(print("cup-08"), HasSubstr("9F36"));
    EXPECT_THAT(print("cup-09"), HasSubstr("debit 123.40 in 10, credit 50.00 in 10"));
}

TEST(Describe, SaysInWordsWhatCodesMean) {
    const auto sale = print("cup-03");
    EXPECT_THAT(sale, HasSubstr("0200  sale"));
    EXPECT_THAT(sale, HasSubstr("021  magnetic stripe, with PIN"));
    EXPECT_THAT(sale, HasSubstr("2600000000000000  PIN block with PAN, TDES, tracks in clear"));
    EXPECT_THAT(print("cup-14"), HasSubstr("2300000000000000  PIN block with PAN, SM4, tracks in clear"));
    EXPECT_THAT(print("cup-11"), HasSubstr("0200  QR sale"));
    EXPECT_THAT(print("cup-05"), HasSubstr("0210  answer"));
    EXPECT_THAT(print("cup-05"), HasSubstr("63.1    card organisation           \"CUP\""));
    // In a request for a reversal, field 39 is the terminal's reason.
    EXPECT_THAT(print("cup-08"), HasSubstr("\"98\"  no answer in time"));
    message what("0210");
    what.set_header("603103310730").set(39, "A0");
    const auto wire = *encode(cup_pos(), what);
    EXPECT_THAT(describe(*decode(cup_pos(), wire)), HasSubstr("603103310730  sign in again"));
}

TEST(Describe, ShowsCheckValuesOfWorkingKeysAlone) {
    // Fact sheet, K1: 16 + 4 bytes of PIN key, a single-length MAC key in a slot of 16, 4 bytes of check value.
    const auto field62 =
        *from_hex("6701EAD6A9AD51E51AA406E2C27FCFA98D0A74B8B651F9E9BACE9AE10000000000000000AB7153CA");
    message what("0810");
    what.set_header("603100310730").set(62, byte_view(field62));
    const auto wire = *encode(cup_pos(), what);
    const auto masked = describe(*decode(cup_pos(), wire));
    EXPECT_THAT(masked, HasSubstr("[16 bytes], check value 8D0A74B8"));
    EXPECT_THAT(masked, HasSubstr("[8 bytes], check value AB7153CA"));
    EXPECT_THAT(masked, Not(HasSubstr("6701EAD6")));
    EXPECT_THAT(describe(*decode(cup_pos(), wire), reveal::whole), HasSubstr("6701EAD6A9AD51E51AA406E2C27FCFA9"));
}

TEST(Describe, APeersTextCannotSteerTheTerminal) {
    message what("0210");
    what.set_header("603100310730").set(63, "CUP\x1B[2J").set(62, "x");
    const auto wire = *encode(cup_pos(), what);
    EXPECT_THAT(describe(*decode(cup_pos(), wire)), Not(HasSubstr("\x1B")));
}

/// A sale whose chip field holds these objects.
partial_message with_chip(std::string_view objects, bytes& wire, reading how = reading::strict) {
    message what("0200");
    what.set_tpdu(*tpdu::parse("6000030000")).set_header("603100310730").set(11, "000001");
    const auto chip = from_hex(objects).value();
    what.set(55, byte_view(chip));
    wire = encode(cup_pos(), what).value();
    return decode_partly(cup_pos(), wire, how);
}

TEST(Describe, TellsTheFirstFaultInsideAField) {
    bytes wire;
    const auto cut = with_chip("9F26081122334455667788"
                               "95059F",
        wire);
    EXPECT_FALSE(cut.failure); // the message itself is whole
    ASSERT_TRUE(cut.inside);
    EXPECT_EQ(cut.inside->field(), "55/95");
    EXPECT_EQ(cut.inside->code(), iso8583_errc::truncated);
    EXPECT_EQ(cut.inside->offset(), wire.size() - 1);
    EXPECT_THAT(std::string(cut.inside->hint()), HasSubstr("5 bytes announced, 1 are left"));
    EXPECT_FALSE(with_chip("9F26081122334455667788", wire).inside);
    EXPECT_FALSE(with_chip("9F26081122334455667788"
                           "0000"
                           "950500000000FF",
        wire)
                     .inside); // zeros are nothing
    EXPECT_TRUE(with_chip("FFFF"
                          "950500000000FF"
                          "FF",
        wire)
                    .inside);
}

TEST(Describe, PassesOverPaddingInsideWhereToldTo) {
    bytes wire;
    const auto read = with_chip("FFFF"
                                "950500000000FF"
                                "FFFF",
        wire, reading::tolerant);
    EXPECT_FALSE(read.inside);
    ASSERT_EQ(read.deviations.size(), 2U);
    EXPECT_EQ(read.deviations[0].field.view(), "55");
    EXPECT_EQ(read.deviations[0].what, iso8583_errc::bad_padding);
    EXPECT_EQ(read.deviations[1].offset, wire.size() - 2);
    const auto words = describe(read);
    EXPECT_THAT(words, HasSubstr("00000000FF"));
    EXPECT_THAT(words, Not(HasSubstr("wrong from here")));
}

TEST(Describe, HidesNumbersInTagsWithoutARow) {
    bytes wire;
    const auto read = with_chip("DF02084761739001010010"
                                "DF030B3133383132333435363738",
        wire);
    const auto words = describe(read);
    EXPECT_THAT(words, HasSubstr("476173******0010"));
    EXPECT_THAT(words, HasSubstr("138******78"));
    EXPECT_THAT(words, Not(HasSubstr("4761739001010010")));
    EXPECT_THAT(words, Not(HasSubstr("3133383132333435363738")));
}

TEST(Describe, HidesNumbersWhereverTextOrBytesMayHoldThem) {
    bytes wire;
    const auto words = describe(with_chip("9F6112313130313035313934393132333130303258"
                                          "9F6C0A6217001234567890122F"
                                          "95084761739001010010",
        wire));
    EXPECT_THAT(words, HasSubstr("[18 bytes]"));
    EXPECT_THAT(words, HasSubstr("621700*********0122F"));
    EXPECT_THAT(words, HasSubstr("476173******0010"));
    message open("0200");
    open.set(11, "000001").set(42, "110105194912310").set(104, "ID 11010519491231002X tel 13812345678");
    const auto text = encode(iso87_ascii(), open).value();
    const auto told = describe(decode(iso87_ascii(), text).value());
    EXPECT_THAT(told, HasSubstr("ID 110*************2X tel 138******78"));
    EXPECT_THAT(told, HasSubstr("110105194912310")) << "a merchant's number is no person's";
}

TEST(Describe, KeepsWhatStandsBeforeAFault) {
    auto wire = published("cup-03");
    const auto at = decode(cup_pos(), wire)->offset(35);
    wire[at] = 0xAA;
    wire.pop_back();
    store_be16(wire.data(), static_cast<std::uint16_t>(wire.size() - 2));
    const auto partly = decode_partly(cup_pos(), wire);
    ASSERT_TRUE(partly.failure);
    EXPECT_EQ(partly.failure->field(), "64");
    EXPECT_TRUE(partly.view.has(60));
    EXPECT_FALSE(partly.view.has(64));
    EXPECT_THAT(describe(partly.view), HasSubstr("TEST0001"));
    for (std::size_t size = 0; size < wire.size(); ++size) {
        (void)describe(decode_partly(cup_pos(), byte_view(wire).first(size)).view);
    }
    EXPECT_FALSE(decode_partly(cup_pos(), published("cup-03")).failure);
}

} // namespace
} // namespace cipherlane::iso8583
