// What the doctor finds out about a capture: dialect, framing, headers, and the first thing that is wrong.
#include "cipherlane/iso8583_doctor.hpp"
#include "cipherlane/iso8583_messages.hpp"
#include "cipherlane/strangers.hpp"
#include "sample_messages.hpp"

#include <cipherlane/iso8583/codec.hpp>
#include <cipherlane/iso8583/cup_pos.hpp>
#include <cipherlane/iso8583/dialect_file.hpp>
#include <cipherlane/iso8583/iso_dialects.hpp>

#include <gtest/gtest.h>

#include <algorithm>

namespace cipherlane::cli {
namespace {
namespace doctor_finds {

using namespace sample_messages;
using iso8583::cup_pos;

TEST(Messages, AreCutAtTheirLengthsAndFoundInAnyForm) {
    const auto two = messages_of(cup_pos(), read(sale + sale));
    EXPECT_EQ(two.frames.size(), 2U);
    EXPECT_EQ(two.frames[1], unhex(sale));
    EXPECT_EQ(messages_of(cup_pos(), read(sale + "\n" + sale + "\n")).frames.size(), 2U);
    // An ASCII message as text: its hex digits are characters.
    const auto text = messages_of(iso8583::iso87_ascii(), read(echo));
    EXPECT_EQ(text.form, input_form::text);
    EXPECT_EQ(as_text(text.frames.front()), echo);
    const auto hex = messages_of(iso8583::iso87_ascii(), read(to_hex(as_bytes(echo))));
    EXPECT_EQ(hex.form, input_form::hex);
}

TEST(Doctor, KnowsTheDialectTheLengthAndTheHeaders) {
    const auto found = examine(read(sale));
    ASSERT_TRUE(found.found);
    EXPECT_EQ(found.dialect, "cup-pos");
    EXPECT_EQ(found.framing, "2 bytes, binary");
    EXPECT_EQ(found.header, "tpdu 6000030000, pos-header 603100310730");
    ASSERT_EQ(found.messages.size(), 1U);
    EXPECT_EQ(found.messages[0].mti, "0200");
    EXPECT_EQ(found.messages[0].fault, "");
    EXPECT_TRUE(found.notes.empty());
}

struct capture_case {
    const char* name;
    std::string text;
    const char* dialect;
    const char* framing;
    const char* header;
    const char* trailer;
};

class DoctorCapture : public ::testing::TestWithParam<capture_case> {};

TEST_P(DoctorCapture, IsExplained) {
    const auto& row = GetParam();
    const auto found = examine(read(row.text));
    ASSERT_TRUE(found.found);
    EXPECT_EQ(found.dialect, row.dialect);
    EXPECT_EQ(found.framing, row.framing);
    EXPECT_EQ(found.header, row.header);
    EXPECT_EQ(found.trailer, row.trailer);
    EXPECT_EQ(found.messages.at(0).fault, "");
    // What it writes for a dialect's file loads.
    const auto loaded = iso8583::loaded_dialect::parse(found.toml);
    EXPECT_TRUE(loaded) << loaded.error() << "\n" << found.toml;
}

const std::string echo_binary =
    hex_of("0800") + "8220000000000000" + "0400000000000000" + hex_of("0721122000000001") + hex_of("301");

INSTANTIATE_TEST_SUITE_P(All, DoctorCapture,
    ::testing::Values(capture_case{"text", echo, "iso87-ascii", "no length in front", "", ""},
        capture_case{"text_with_length", "0055" + echo, "iso87-ascii", "4 ASCII digits", "", ""},
        capture_case{"base24", "ISO016000010" + echo, "iso87-ascii", "no length in front", "base24 ISO016000010", ""},
        capture_case{"base24_with_end", "0044" + hex_of("ISO016000010" + echo) + "03", "iso87-ascii",
            "2 bytes, binary; counts the trailer", "base24 ISO016000010", "03"},
        capture_case{"counts_itself", "0039" + hex_of(echo), "iso87-ascii", "2 bytes, binary; counts itself", "", ""},
        capture_case{"postilion", "0027" + echo_binary, "iso87-ascii, binary bitmap", "2 bytes, binary", "", ""},
        capture_case{"characters_in_front", "A4M04000" + echo, "iso87-ascii", "no length in front",
            "8 bytes of text \"A4M04000\"", ""}),
    [](const auto& each) { return std::string(each.param.name); });

/// The dialect that its file begins with has a length of its own.
TEST(Doctor, SaysThatAMessageHasNoLength) {
    const auto found = examine(read(std::string(sale).substr(4)));
    ASSERT_TRUE(found.found);
    EXPECT_EQ(found.dialect, "cup-pos");
    EXPECT_EQ(found.framing, "no length in front");
    EXPECT_NE(found.toml.find("length = \"none\"\n"), std::string::npos) << found.toml;
    EXPECT_TRUE(iso8583::loaded_dialect::parse(found.toml));
}

/// Digits behind the last field belong to a field whose bit is missing, or to nothing; what ends a frame is known.
TEST(Doctor, TakesNoDigitsForATrailer) {
    struct row {
        std::string text;
        const char* trailer;
        const char* fault;
    };
    for (const auto& [text, trailer, fault] : {row{echo + "42", "", "2 bytes stand behind the last field"},
             row{"0057" + echo + "42", "", "2 bytes stand behind the last field"},
             row{"0055" + echo + "42", "3432", ""}, // the length leaves them out
             row{hex_of(echo) + "03", "03", ""}, row{hex_of(echo) + "035A", "035A", ""},
             row{hex_of(echo) + "0D0A", "0D0A", ""}, row{hex_of(echo + "7"), "", "1 byte stands behind"},
             row{hex_of(echo) + "1234", "", "2 bytes stand behind"}}) {
        const auto found = examine(read(text));
        SCOPED_TRACE(text);
        ASSERT_EQ(found.messages.size(), 1U);
        EXPECT_EQ(found.dialect, "iso87-ascii");
        EXPECT_EQ(found.trailer, trailer);
        EXPECT_EQ(found.messages[0].fault.find(fault), 0U) << found.messages[0].fault;
        EXPECT_EQ(found.messages[0].fault.empty(), std::string(fault).empty()) << found.messages[0].fault;
        EXPECT_TRUE(iso8583::loaded_dialect::parse(found.toml)) << found.toml;
    }
}

/// A capture that begins behind its TPDU, as a host's log has it.
TEST(Doctor, KnowsAPosHeaderWithoutATpdu) {
    const auto found = examine(read(sale.substr(14)));
    ASSERT_TRUE(found.found);
    EXPECT_EQ(found.dialect, "cup-pos");
    EXPECT_EQ(found.header, "pos-header 603100310730");
    EXPECT_EQ(found.messages.at(0).fault, "");
}

/// Hosts that count the characters of a hex field, and the bytes of packed digits.
TEST(Doctor, GuessesLengthsThatCountWhatIsSent) {
    const std::string chip = "9F2608112233445566778895050000000000";
    const auto text = "02003020000000000200" // 3 4 11 55
                      "000000"
                      "000000001234"
                      "000017"
                      "036" +
                      chip;
    const auto found = examine(read(text));
    ASSERT_TRUE(found.found);
    EXPECT_EQ(found.dialect, "iso87-ascii, lengths count hex characters");
    EXPECT_EQ(found.messages.at(0).fault, "");
    EXPECT_NE(found.toml.find("counts = \"wire\""), std::string::npos) << found.toml;
    // Eight bytes of packed digits behind a length that says so.
    const auto counted = examine(read("02007020000000000000"
                                      "086222000000000000"
                                      "000000"
                                      "000000001234"
                                      "000017"));
    ASSERT_TRUE(counted.found);
    EXPECT_EQ(counted.dialect, "iso87-bcd, lengths count bytes");
    EXPECT_EQ(counted.messages.at(0).fault, "");
}

TEST(Doctor, TellsTheFirstFault) {
    auto wire = unhex(sale);
    wire[40] = 0x0A; // a digit of the amount
    const auto found = examine(read(to_hex(wire)));
    ASSERT_TRUE(found.found);
    EXPECT_EQ(found.dialect, "cup-pos");
    EXPECT_NE(found.messages.at(0).fault.find("not a decimal digit, byte 40"), std::string::npos)
        << found.messages.at(0).fault;
    wire = unhex(sale);
    wire.resize(90);
    const auto cut = examine(read(to_hex(wire)));
    EXPECT_NE(cut.messages.at(0).fault.find("bytes missing"), std::string::npos);
    EXPECT_EQ(cut.framing, "2 bytes, binary; WRONG: says 126, 88 bytes follow");
}

/// The first fault of a message as text, however early, whatever stands in front of it.
TEST(Doctor, TellsTheFirstFaultOfAText) {
    struct row {
        int field;
        const char* right;
        const char* wrong;
    };
    const row rows[] = {{2, "164761739001010010", "2047617390010101001234"}, {3, "000000", "00X000"},
        {4, "000000001000", "00000000A000"}, {7, "0721123000", "07211A3000"}, {11, "000123", "00B123"}};
    for (const auto& bad : rows) {
        std::string body = "02007220000000800000";
        for (const auto& each : rows)
            body += &each == &bad ? each.wrong : each.right;
        body += "TERM0001";
        const auto size = std::to_string(body.size());
        const auto hex = hex_of(body);
        const auto ascii = "0000" + size;
        for (const auto& [text, header] :
            {std::pair(body, ""), {ascii.substr(ascii.size() - 4) + body, ""}, {"ISO016000010" + body, "base24"},
                {"6000030000" + hex, "tpdu"}, {"ISO016000010" + body.substr(0, body.size() - 3), "base24"}}) {
            const auto found = examine(read(text));
            ASSERT_EQ(found.messages.size(), 1U) << text;
            EXPECT_EQ(found.dialect, "iso87-ascii") << text;
            EXPECT_EQ(found.messages[0].mti, "0200") << text;
            EXPECT_EQ(found.messages[0].fields, "2 3 4 7 11 41") << text;
            EXPECT_EQ(found.messages[0].fault.find("field " + std::to_string(bad.field) + ": "), 0U)
                << text << " " << found.messages[0].fault;
            EXPECT_EQ(found.header.find(header), 0U) << text << " " << found.header;
        }
    }
    // Cut in its first field behind a header that is known.
    const auto cut = examine(read("ISO01600001002007238040000C080001662280001000011"));
    EXPECT_EQ(cut.header, "base24 ISO016000010");
    EXPECT_NE(cut.messages.at(0).fault.find("field 2: bytes missing"), std::string::npos);
}

TEST(Doctor, KnowsAThirdBitmapAndLengthsInBinary) {
    const auto third = examine(
        read(hex_of("0800") + "A02000000000000084000000000000000000000000000000" + hex_of("990000000001301")));
    EXPECT_EQ(third.dialect, "iso87-ascii, binary bitmap, third bitmap");
    EXPECT_EQ(third.messages.at(0).fields, "3 11 70");
    EXPECT_TRUE(iso8583::loaded_dialect::parse(third.toml)) << third.toml;
    // Ten in hex for sixteen digits.
    const auto binary =
        examine(read("003260000300006031003110100200702000000080000010476173900101001000000000000001000000"
                     "01235445524D30303031"));
    EXPECT_EQ(binary.dialect, "cup-pos, lengths in binary");
    EXPECT_EQ(binary.messages.at(0).fault, "");
    EXPECT_TRUE(iso8583::loaded_dialect::parse(binary.toml)) << binary.toml;
}

/// A header without a name is told in pieces that a dialect's file takes.
TEST(Doctor, NamesNoPieceThatAFileRefuses) {
    const auto found = examine(read("0077" + std::string(160, 'A') + hex_of(echo)));
    EXPECT_TRUE(!found.found || iso8583::loaded_dialect::parse(found.toml)) << found.toml;
}

/// Later messages of a capture are read as the earlier were: hundreds take no hundreds of searches.
TEST(Doctor, ReadsALongLog) {
    std::string log;
    for (int i = 0; i < 300; ++i)
        log += "12:00:00 RX " + sale + "\n";
    const auto broken = sale.substr(0, 80) + "0A" + sale.substr(82); // a digit of the amount
    log += "12:00:01 RX " + broken + "\n";
    const auto found = examine(read(log));
    ASSERT_EQ(found.messages.size(), 301U);
    EXPECT_EQ(found.dialect, "cup-pos");
    EXPECT_EQ(found.messages[299].fault, "");
    EXPECT_NE(found.messages[300].fault.find("not a decimal digit"), std::string::npos);
}

TEST(Doctor, CutsACaptureIntoItsMessages) {
    const auto found = examine(read("0000" + sale + sale));
    ASSERT_EQ(found.messages.size(), 3U);
    EXPECT_EQ(found.messages[0].mti, ""); // a poll
    EXPECT_EQ(found.messages[2].at, 2 + sale.size() / 2);
    const auto lines = examine(read(sale + "\n" + sale.substr(0, 8) + "01" + sale.substr(10) + "\n"));
    EXPECT_EQ(lines.messages.size(), 2U);
}

/// A number in front that is not the length explains less than a message type at the first byte, or behind a header
/// that is known; hex digits are no bitmap of bytes.
TEST(Doctor, NoWrongLengthBeatsAMessageThatIsCut) {
    const std::string authorisation = "0100A22000000080000000000000000000009900000721122000000001TERM0001";
    const std::string answer = "081002200000020000000721122000000001"
                               "00";
    for (const auto& whole : {authorisation, answer, echo}) {
        for (std::size_t less = 1; less <= (whole == authorisation ? 10U : 2U); ++less) {
            const auto cut = whole.substr(0, whole.size() - less);
            for (const std::string head : {"", "6000030000", "41505058", "600003000041505058"}) {
                const auto found = examine(read(head + to_hex(as_bytes(cut))), {});
                EXPECT_EQ(found.dialect, "iso87-ascii") << head << cut;
                EXPECT_EQ(found.framing, "no length in front") << head << cut;
                ASSERT_EQ(found.messages.size(), 1U) << head << cut;
                EXPECT_EQ(found.messages[0].mti, whole.substr(0, 4)) << head << cut;
                EXPECT_NE(found.messages[0].fault.find("bytes missing"), std::string::npos) << head << cut;
            }
            // As text: digits alone, an even number of them, may be packed ones, too; then that is told.
            const auto found = examine(read(cut), {});
            EXPECT_EQ(found.framing, "no length in front") << cut;
            ASSERT_EQ(found.messages.size(), 1U) << cut;
            EXPECT_EQ(found.messages[0].mti, whole.substr(0, 4)) << cut;
            const bool told = !found.notes.empty() && found.notes[0].find("iso87-ascii") != std::string::npos;
            EXPECT_TRUE(found.dialect == "iso87-ascii" || told) << cut;
        }
    }
}

TEST(Doctor, TellsALengthOfNoughtAndOneThatWasNegative) {
    for (const auto& [length, says] : {std::pair("0000", "0"), {"FFFF", "65535"}, {"FF81", "65409"}}) {
        const auto found = examine(read(length + sale.substr(4)), {});
        EXPECT_EQ(found.framing, "2 bytes, binary; WRONG: says " + std::string(says) + ", 126 bytes follow");
        EXPECT_EQ(found.header, "tpdu 6000030000, pos-header 603100310730");
    }
}

/// Whatever is printed of a diagnosis.
std::string all_of(const diagnosis& what) {
    std::string text = what.framing + what.header + what.trailer + what.toml;
    for (const auto& each : what.notes)
        text += each;
    for (const auto& each : what.messages)
        text += each.fields + each.fault;
    return text;
}

TEST(Doctor, PrintsNoBytesThatNothingExplains) {
    // A message, then one that is cut behind its card number.
    const auto found = examine(read(sale + sale.substr(0, 120)));
    ASSERT_EQ(found.messages.size(), 2U) << all_of(found);
    EXPECT_EQ(found.messages[0].fault, "");
    EXPECT_NE(found.messages[1].fault.find("bytes missing"), std::string::npos);
    EXPECT_EQ(found.dialect, "cup-pos");
    EXPECT_EQ(found.trailer, "");
    EXPECT_EQ(all_of(found).find("6222000000000000004"), std::string::npos);
    // Ten digits may stand in a header; sixteen may be a card.
    EXPECT_EQ(all_of(examine(read("4761739001010010" + echo))).find("4761739001010010"), std::string::npos);
}

TEST(Doctor, CutsMessagesWithoutALengthBehindTheirLastField) {
    const std::string one = "02007020000008800000164761739001010010000000000000001000000777610101000777POS00012";
    for (const auto& text : {one + one, one + one.substr(0, 60)}) {
        const auto found = examine(read(text));
        EXPECT_EQ(found.dialect, "iso87-ascii");
        ASSERT_EQ(found.messages.size(), 2U) << all_of(found);
        EXPECT_EQ(found.messages[1].at, one.size());
        EXPECT_EQ(found.header, "");
        EXPECT_EQ(all_of(found).find("4761739001"), std::string::npos);
    }
    // Fields that are found behind bytes without a meaning are no message by themselves.
    const auto odd = examine(read("4761739001010010"
                                  "0800"
                                  "8220000000000000"
                                  "0400000000000000"
                                  "0721122000000001301"));
    EXPECT_EQ(all_of(odd).find("4761739001"), std::string::npos) << all_of(odd);
    EXPECT_TRUE(!odd.found || !odd.messages.at(0).fault.empty()) << all_of(odd);
}

TEST(Doctor, TellsAFaultInsideAField) {
    const auto found =
        examine(read("0042600003000060310031073002002020000000C002000000000000013239313130303032313233343536"
                     "37383930313233343500149F2608112233445566778895059F"));
    ASSERT_EQ(found.messages.size(), 1U);
    EXPECT_NE(found.messages[0].fault.find("field 55/95: bytes missing, byte "), std::string::npos)
        << found.messages[0].fault;
}

TEST(Doctor, BelievesTheHeaderOfTheDialect) {
    // Field 60 is filled with F, which cup-pos does not do; other dialects read no more of it.
    const auto found =
        examine(read("0046600003000060310031073002003020048000C08010000000000000004321000031051000323931313030"
                     "3032313233343536373839303132333435313536001122000001000F"));
    EXPECT_EQ(found.dialect, "cup-pos");
    EXPECT_NE(found.messages.at(0).fault.find("expected a filler of 0"), std::string::npos) << all_of(found);
}

TEST(Doctor, KnowsAPoll) {
    const auto found = examine(read("0000"));
    EXPECT_FALSE(found.found);
    ASSERT_FALSE(found.notes.empty());
    EXPECT_NE(found.notes[0].find("a poll"), std::string::npos);
    // Four zeros as characters are one, too, alone and in front of a message.
    const auto characters = examine(read("30303030"));
    EXPECT_FALSE(characters.found);
    ASSERT_FALSE(characters.notes.empty());
    EXPECT_NE(characters.notes[0].find("a poll"), std::string::npos);
    const auto stream = examine(read(hex_of("0055" + echo) + hex_of("0000")));
    ASSERT_EQ(stream.messages.size(), 2U) << all_of(stream);
    EXPECT_EQ(stream.messages[0].mti, "0800");
    EXPECT_EQ(stream.messages[1].mti, "");
    EXPECT_EQ(stream.framing, "4 ASCII digits");
}

TEST(Messages, AMessageBehindAWholeOneMayBeCut) {
    const auto found = messages_of(cup_pos(), read(sale + sale.substr(0, 100)));
    ASSERT_EQ(found.frames.size(), 2U);
    EXPECT_EQ(found.frames[0].size(), sale.size() / 2);
}

TEST(Doctor, FindsTheMessageInAPacket) {
    // Ethernet, IPv4 and TCP in front.
    const auto size = sale.size() / 2;
    std::string ip = "45000000"
                     "00004000"
                     "40060000"
                     "7F000001"
                     "7F000001";
    char total[5];
    std::snprintf(total, sizeof total, "%04X", static_cast<unsigned>(40 + size));
    ip.replace(4, 4, total);
    const std::string packet = "001122334455"
                               "665544332211"
                               "0800" +
                               ip +
                               "1F90C350"
                               "00000001"
                               "00000002"
                               "50180200"
                               "00000000" +
                               sale;
    const auto found = examine(read(packet));
    ASSERT_TRUE(found.found);
    EXPECT_EQ(found.dialect, "cup-pos");
    EXPECT_NE(found.input.find("TCP"), std::string::npos);
}

/// A host whose whole text was translated, the digits of the bitmap with it.
TEST(Doctor, KnowsABitmapInHexDigitsOfEbcdic) {
    const auto found = examine(read("F0F2F1F0F3F2F2F0F0F0F0F0F0C1F8F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F5F0F0F0F1F1"
                                    "F2F9F1F0F1F1F1F2F0F0F0F7F7F7F6F1F0F1F0F1F0F0F0F7F7F7F0F0D7D6E2F0F0F0F1F2"));
    ASSERT_TRUE(found.found);
    EXPECT_EQ(found.dialect, "iso87-ascii, EBCDIC, bitmap too");
    EXPECT_NE(found.toml.find("bitmap = \"ebcdic\""), std::string::npos);
    ASSERT_EQ(found.messages.size(), 1U);
    EXPECT_EQ(found.messages[0].mti, "0210");
    EXPECT_EQ(found.messages[0].fault, "");
}

/// What a reader of the strict form refuses, and people can see.
TEST(Doctor, ReadsABitmapInSmallLetters) {
    for (const std::string front : {"", "0065", "ISO016000010"}) {
        const auto found = examine(read(front + "08002220000000c00000990000072112300000"
                                                "0001TERM0001MERCHANT0000001"));
        ASSERT_EQ(found.messages.size(), 1U) << front;
        EXPECT_EQ(found.messages[0].mti, "0800");
        EXPECT_EQ(found.messages[0].fields, "3 7 11 41 42") << front;
        EXPECT_EQ(found.messages[0].fault.find("field bitmap: wrong bitmap"), 0U) << found.messages[0].fault;
        EXPECT_NE(found.messages[0].fault.find("found 63"), std::string::npos) << found.messages[0].fault;
    }
}

/// A fault that is found once blanks are left out may come of that: an amount may be filled with them.
TEST(Messages, BlanksAreLeftOutOnlyWhereAllFitsThen) {
    const auto blank = messages_of(iso8583::iso87_ascii(),
        read("02007220000000800000166228000100001117000000       100001130101112000123TERM0001"));
    EXPECT_NE(as_text(blank.frames.front()).find("       10000"), std::string_view::npos);
    const auto spaced = messages_of(iso8583::iso87_ascii(),
        read("0200 7220000000800000 166228000100001117 000000 000000010000 1130101112 000123 TERM0001"));
    EXPECT_EQ(as_text(spaced.frames.front()).find(' '), std::string_view::npos);
}

TEST(Doctor, KnowsAPollBetweenMessagesWhoseLengthCountsItself) {
    const std::string one = "1F000800222000000080000099000007211230000000015445524D30303031";
    const auto found = examine(read(one + "0000" + one));
    ASSERT_EQ(found.messages.size(), 3U);
    EXPECT_EQ(found.messages[1].mti, "");
    EXPECT_EQ(found.trailer, "");
    EXPECT_EQ(found.messages[2].at, 33U);
}

TEST(Messages, OfADialectOfCharactersAreNoBase64) {
    const auto found = messages_of(iso8583::iso87_ascii(), read("HY90410800222000000080000099000007211230"));
    EXPECT_EQ(found.form, input_form::text);
    EXPECT_FALSE(found.read_any);
}

TEST(Doctor, KnowsWhatIsNoMessage) {
    const auto tls = examine(read("160301012C010001280303"));
    EXPECT_FALSE(tls.found);
    ASSERT_FALSE(tls.notes.empty());
    EXPECT_NE(tls.notes.back().find("TLS"), std::string::npos);
    EXPECT_NE(other_protocol(as_bytes("POST /pay HTTP/1.1")).find("HTTP"), std::string::npos);
    EXPECT_NE(other_protocol(as_bytes("\x1F\x8B\x08 rest")).find("unpack it first"), std::string::npos);
    EXPECT_FALSE(examine(read("00112233445566778899AABBCCDDEEFF")).found);
}

} // namespace doctor_finds
} // namespace
} // namespace cipherlane::cli
