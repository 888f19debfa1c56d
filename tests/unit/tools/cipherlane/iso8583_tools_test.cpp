// What the tool finds out about messages: input in every spelling, dialect and framing of a capture, what a MAC was
// made with, differences by path, and a message that may be mailed.
#include "cipherlane/iso8583_diff.hpp"
#include "cipherlane/iso8583_doctor.hpp"
#include "cipherlane/iso8583_mac.hpp"
#include "cipherlane/iso8583_messages.hpp"
#include "cipherlane/iso8583_redact.hpp"
#include "cipherlane/people_input.hpp"
#include "cipherlane/strangers.hpp"

#include <cipherlane/core/errc.hpp>
#include <cipherlane/core/hex.hpp>
#include <cipherlane/core/pan.hpp>
#include <cipherlane/crypto/digest.hpp>
#include <cipherlane/crypto/hmac.hpp>
#include <cipherlane/crypto/mac_iso9797.hpp>
#include <cipherlane/iso8583/codec.hpp>
#include <cipherlane/iso8583/cup_pos.hpp>
#include <cipherlane/iso8583/dialect_file.hpp>
#include <cipherlane/iso8583/errc.hpp>
#include <cipherlane/iso8583/iso_dialects.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <unistd.h>

namespace cipherlane::cli {
namespace {

using iso8583::cup_pos;

/// The published magnetic-stripe sale of the known-answer file (cup-03), MAC and all.
const std::string sale =
    "007E60000300006031003107300200702404C020C09811196222000000000000004000000000000000123400000230120210001231622200"
    "0000000000004D3012201123405445535430303031544553544D455243483030303030313135361616116C76559985260000000000000000"
    "14220000010005003233463841364537";

bytes unhex(std::string_view digits) {
    return from_hex(digits).value();
}

/// Fixed text that an ASCII host sends: iso87-ascii, 0800.
const std::string echo = "0800822000000000000004000000000000000721122000000001301";

std::vector<input_reading> read(std::string_view text, input_form form = input_form::automatic) {
    return readings_of(text, form).value();
}

TEST(PeopleInput, HexInEverySpelling) {
    for (const std::string_view text :
        {"5F340101", "5f:34:01:01", "5F-34-01-01", " 5f 34\n01 01\n", "0x5F, 0x34, 0x01, 0x01",
            "\\x5f\\x34\\x01\\x01", "{0x5F,0x34,0x01,0x01};", "[5f,34,1 01]", "\"5F34\" \"0101\""}) {
        SCOPED_TRACE(text);
        if (text.starts_with("[")) {
            EXPECT_TRUE(read(text).front().half_a_byte);
            continue;
        }
        const auto readings = read(text);
        EXPECT_EQ(readings.front().form, input_form::hex);
        EXPECT_EQ(to_hex(readings.front().whole), "5F340101");
    }
}

struct dump_case {
    const char* name;
    const char* text;
    std::string bytes; ///< hex
};

class PeopleInputDump : public ::testing::TestWithParam<dump_case> {};

TEST_P(PeopleInputDump, IsReadWithoutItsOffsetsAndLetters) {
    const auto readings = read(GetParam().text);
    ASSERT_EQ(readings.front().form, input_form::dump) << to_hex(readings.front().whole);
    EXPECT_EQ(to_hex(readings.front().whole), GetParam().bytes);
}

const std::string twenty = "6000030000603100310730020030203238303031";

INSTANTIATE_TEST_SUITE_P(All, PeopleInputDump,
    ::testing::Values(dump_case{"xxd",
                          "00000000: 6000 0300 0060 3100 3107 3002 0030 2032  `....`1.1.0..0 2\n"
                          "00000010: 3830 3031                                8001\n",
                          twenty},
        dump_case{"hexdump_with_letters",
            "00000000  60 00 03 00 00 60 31 00  31 07 30 02 00 30 20 32  |`....`1.1.0..0 2|\n"
            "00000010  38 30 30 31                                       |8001|\n"
            "00000014\n",
            twenty},
        dump_case{"wireshark",
            "0000   60 00 03 00 00 60 31 00 31 07 30 02 00 30 20 32   `....`1.1.0..0 2\n"
            "0010   38 30 30 31                                       8001\n",
            twenty},
        dump_case{"tcpdump",
            "\t0x0000:  6000 0300 0060 3100 3107 3002 0030 2032  `....`1.1.0..0.2\n"
            "\t0x0010:  3830 3031                                8001\n",
            twenty},
        dump_case{"od_in_octal",
            "0000000 60 00 03 00 00 60 31 00 31 07 30 02 00 30 20 32\n0000020 38 30 30 31\n0000024\n", twenty},
        dump_case{"hexdump_in_words", "0000000 0060 0003 6000 0031 0731 0230 3000 3220\n0000010 3038 3130\n0000014\n",
            twenty},
        dump_case{"one_line", "00000000: 3830 3031  8001\n", "38303031"},
        dump_case{"repeated_lines",
            "00000000  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|\n*\n"
            "00000030  41                                                |A|\n00000031\n",
            std::string(96, '0') + "41"},
        dump_case{"part_of_a_larger_one", "00000040: 6000 0300 0060 3100 3107 3002 0030 2032  x\n00000050: 38\n",
            twenty.substr(0, 34)}),
    [](const auto& each) { return std::string(each.param.name); });

TEST(PeopleInput, SeveralDumpsAreSeveralMessages) {
    const auto readings = read("00000000: 6000 01  `..\n\n00000000: 6000 02  `..\n");
    ASSERT_EQ(readings.front().parts.size(), 2U);
    EXPECT_EQ(to_hex(readings.front().parts[1]), "600002");
}

TEST(PeopleInput, Base64TextRawAndLogs) {
    const auto of_base64 = read("YAADAABgMQAxBzACADAgMjgwMDE=");
    EXPECT_TRUE(std::any_of(of_base64.begin(), of_base64.end(),
        [](const auto& each) { return each.form == input_form::base64 && to_hex(each.whole) == twenty; }));
    EXPECT_EQ(as_text(read("ISO016000010" + echo, input_form::text).front().whole), "ISO016000010" + echo);
    EXPECT_EQ(read(std::string("\x00\x7E\x60", 3)).front().form, input_form::raw);
    const auto logged = read("12:01:02 sent " + sale + " to host\n12:01:03 ok\n", input_form::log);
    EXPECT_EQ(logged.front().whole, unhex(sale));
}

TEST(PeopleInput, SaysWhatIsWrong) {
    const auto odd = readings_of("5F3", input_form::hex);
    ASSERT_FALSE(odd);
    EXPECT_EQ(odd.error().hint(), "found 3 hex digits, expected an even number");
    const auto letter = readings_of("5F3g", input_form::hex);
    EXPECT_EQ(letter.error().offset(), 3U);
    EXPECT_NE(letter.error().hint().find("found \"g\""), std::string_view::npos);
}

TEST(PeopleInput, TakesTheNameOfAFile) {
    const auto file =
        std::filesystem::temp_directory_path() / ("people_input_" + std::to_string(::getpid()) + ".hex");
    std::ofstream(file) << sale;
    EXPECT_EQ(take_input(file.string()).value(), sale);
    std::filesystem::remove(file);
    EXPECT_EQ(take_input("6000").value(), "6000");
    EXPECT_EQ(take_input("no/such/file.hex").error().code(), core_errc::no_file);
    EXPECT_EQ(take_input("https://qr.example.com/a.html").value(), "https://qr.example.com/a.html");
}

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

std::string hex_of(std::string_view text) {
    return to_hex(as_bytes(text));
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

TEST(Doctor, KnowsWhatIsNoMessage) {
    const auto tls = examine(read("160301012C010001280303"));
    EXPECT_FALSE(tls.found);
    ASSERT_FALSE(tls.notes.empty());
    EXPECT_NE(tls.notes.back().find("TLS"), std::string::npos);
    EXPECT_NE(other_protocol(as_bytes("POST /pay HTTP/1.1")).find("HTTP"), std::string::npos);
    EXPECT_FALSE(examine(read("00112233445566778899AABBCCDDEEFF")).found);
}

/// The published sale with another field 64.
bytes with_mac(std::string_view hex) {
    auto wire = unhex(sale);
    const auto mac = unhex(hex);
    std::copy(mac.begin(), mac.end(), wire.end() - 8);
    return wire;
}

bytes retail(const bytes& key, byte_view data) {
    auto made = crypto::mac_key::create(crypto::algorithm::tdes, key, crypto::legacy_policy).value();
    const auto value = crypto::retail_mac(made, crypto::mac_padding::method_1, data).value();
    return {value.view().begin(), value.view().end()};
}

const bytes double_key = unhex("0123456789ABCDEFFEDCBA9876543210");

mac_search search(const bytes& wire, const bytes& key) {
    const auto view = iso8583::decode(cup_pos(), wire).value();
    const std::array<byte_view, 1> keys{key};
    return search_mac(view, wire, keys).value();
}

TEST(MacSearch, SaysWhichOfSeveralKeysItIs) {
    const auto wire = unhex(sale);
    const auto range = byte_view(wire).subspan(13, wire.size() - 8 - 13);
    const auto carried = with_mac(to_hex(retail(double_key, range)));
    const auto view = iso8583::decode(cup_pos(), carried).value();
    const auto other = unhex("22222222222222222222222222222222");
    const std::array<byte_view, 2> keys{other, double_key};
    auto found = search_mac(view, carried, keys).value();
    ASSERT_FALSE(found.fits.empty());
    EXPECT_EQ(found.fits[0].key, "key 2 (check value 08D7B4)");
    // Those that everybody knows have their digits.
    std::vector<byte_view> known;
    std::vector<std::string> names;
    const auto all = well_known_test_keys();
    for (const auto& each : all) {
        known.emplace_back(each.material);
        names.push_back(each.name);
    }
    found = search_mac(view, carried, known, mac_choice::any, names).value();
    ASSERT_FALSE(found.fits.empty());
    EXPECT_EQ(found.fits[0].key, "well-known test key 0123456789ABCDEFFEDCBA9876543210");
}

TEST(MacSearch, NamesAlgorithmAndRange) {
    const auto wire = unhex(sale);
    const std::size_t start = 13;
    // The retail MAC from the TPDU on, as hex characters.
    auto mac = retail(double_key, byte_view(wire).subspan(2, wire.size() - 10));
    auto found = search(with_mac(hex_of(to_hex(byte_view(mac).first(4)))), double_key);
    ASSERT_FALSE(found.fits.empty());
    EXPECT_EQ(found.fits[0].algorithm, "X9.19 (retail), padding 1");
    EXPECT_EQ(found.fits[0].range, "TPDU to the field before the MAC");
    EXPECT_EQ(found.fits[0].begin, 2U);
    EXPECT_EQ(found.fits[0].end, wire.size() - 8);
    EXPECT_EQ(found.fits[0].form, "first 4 bytes as hex characters");
    EXPECT_EQ(found.fits[0].different.size(), 2U);
    // The same without the message type, as bytes.
    mac = retail(double_key, byte_view(wire).subspan(start + 2, wire.size() - 8 - start - 2));
    found = search(with_mac(to_hex(mac)), double_key);
    ASSERT_FALSE(found.fits.empty());
    EXPECT_NE(found.fits[0].range.find("without the message type"), std::string::npos);
    EXPECT_EQ(found.fits[0].form, "first 8 bytes");
}

TEST(MacSearch, KnowsThreeKeysAndEveryDigest) {
    const auto wire = unhex(sale);
    const std::size_t start = 13;
    const auto range = byte_view(wire).subspan(start, wire.size() - 8 - start);
    const auto three = unhex("0123456789ABCDEFFEDCBA987654321089ABCDEF01234567");
    auto found = search(with_mac(to_hex(retail(three, range))), three);
    ASSERT_FALSE(found.fits.empty());
    EXPECT_EQ(found.fits[0].algorithm, "X9.19 (retail, three keys), padding 1");
    EXPECT_EQ(found.fits[0].key, "the key");
    for (const auto hash : {crypto::digest_algorithm::sha1, crypto::digest_algorithm::sha512}) {
        auto key = crypto::hmac_key::create(hash, double_key).value();
        const auto mac = crypto::hmac(key, range).value();
        found = search(with_mac(to_hex(mac.first(8))), double_key);
        ASSERT_FALSE(found.fits.empty());
        EXPECT_EQ(found.fits[0].algorithm, "HMAC-" + std::string(to_string(hash)));
        EXPECT_EQ(found.fits[0].form, "first 8 bytes");
    }
}

bytes chain(const bytes& key, byte_view data) {
    auto made = crypto::mac_key::create(crypto::algorithm::tdes, key, crypto::legacy_policy).value();
    const auto value = crypto::mac_algorithm_1(made, crypto::mac_padding::method_1, data).value();
    return {value.view().begin(), value.view().end()};
}

/// The bitmap as characters, four bytes of a value behind or in front of a filler, a digest before the cipher.
TEST(MacSearch, KnowsOtherFormsOfTheDataAndOfTheValue) {
    const auto wire = unhex(sale);
    const std::size_t start = 13;
    const auto range = byte_view(wire).subspan(start, wire.size() - 8 - start);
    bytes spelt(range.begin(), range.begin() + 2);
    const auto bitmap = to_hex(range.subspan(2, 8));
    spelt.insert(spelt.end(), bitmap.begin(), bitmap.end());
    spelt.insert(spelt.end(), range.begin() + 10, range.end());
    auto found = search(with_mac(to_hex(retail(double_key, spelt))), double_key);
    ASSERT_FALSE(found.fits.empty());
    EXPECT_NE(found.fits[0].range.find("the bitmap as hex characters"), std::string::npos) << found.fits[0].range;

    const auto mac = retail(double_key, range);
    const auto first = to_hex(byte_view(mac).first(4));
    const auto last = to_hex(byte_view(mac).last(4));
    for (const auto& [hex, form] : {std::pair(last + "00000000", "last 4 bytes, and a filler"),
             {"00000000" + last, "last 4 bytes behind a filler"},
             {"FFFFFFFF" + first, "first 4 bytes behind a filler"},
             {first + "20202020", "first 4 bytes, and a filler"}}) {
        found = search(with_mac(hex), double_key);
        ASSERT_FALSE(found.fits.empty()) << form;
        EXPECT_EQ(found.fits[0].form, form);
    }

    const auto hash = crypto::digest(crypto::digest_algorithm::sha256, range).value();
    found = search(with_mac(to_hex(chain(double_key, hash.view()))), double_key);
    ASSERT_FALSE(found.fits.empty());
    EXPECT_EQ(found.fits[0].algorithm, "SHA256, then CBC-MAC, TDES");
    found = search(with_mac(to_hex(chain(double_key, hash.first(8)))), double_key);
    ASSERT_FALSE(found.fits.empty());
    EXPECT_EQ(found.fits[0].algorithm, "SHA256, then TDES of its first block");
}

TEST(MacSearch, NothingFitsAChangedMessage) {
    const auto found = search(with_mac("3030303030303030"), double_key);
    EXPECT_TRUE(found.fits.empty());
    EXPECT_GT(found.tried, 100U);
}

TEST(MacSearch, WithoutAMacThereIsNothingToSearch) {
    iso8583::message what("0800");
    what.set_tpdu(*iso8583::tpdu::parse("6000030000")).set_header("603100310730").set(11, "000001");
    const auto wire = iso8583::encode(cup_pos(), what).value();
    const auto view = iso8583::decode(cup_pos(), wire).value();
    const std::array<byte_view, 1> keys{double_key};
    EXPECT_EQ(search_mac(view, wire, keys).error().code(), iso8583_errc::missing_field);
}

TEST(Diff, TellsPathsAndHidesValues) {
    const auto wire = unhex(sale);
    const auto left = iso8583::decode_partly(cup_pos(), wire);
    auto changed = left.view.to_message();
    changed.set(2, "6222000000010000004").set(4, "000000004321").set(60, "22000002000500").remove(26);
    const auto bytes_of = iso8583::encode(cup_pos(), changed).value();
    const auto right = iso8583::decode_partly(cup_pos(), bytes_of);
    const auto found = differences(left, right, iso8583::reveal::masked);
    std::vector<std::string> paths;
    for (const auto& each : found) {
        paths.push_back(each.path);
        EXPECT_EQ(each.left.find("6222000000000000004"), std::string::npos);
        if (each.path == "2") {
            EXPECT_TRUE(each.hidden);
        }
    }
    EXPECT_EQ(paths, (std::vector<std::string>{"bitmap", "2", "4", "26", "60/60.2"}));
    EXPECT_TRUE(differences(left, left, iso8583::reveal::masked).empty());
}

TEST(Redact, KeepsLengthsAndStructure) {
    const auto wire = unhex(sale);
    const auto view = iso8583::decode(cup_pos(), wire).value();
    const auto safe = redact(view).value();
    EXPECT_EQ(safe.frame.size(), wire.size());
    const auto again = iso8583::decode(cup_pos(), safe.frame);
    ASSERT_TRUE(again) << again.error();
    EXPECT_EQ(again->fields(), view.fields());
    EXPECT_EQ(again->value(2).substr(0, 6), "622200");
    EXPECT_EQ(again->value(4), view.value(4));
    EXPECT_EQ(again->value(14), "4912");
    EXPECT_EQ(again->value(35).size(), view.value(35).size());
    EXPECT_EQ(again->value(35)[19], 'D');
    EXPECT_EQ(again->value(52), std::string(8, '\xFF'));
    EXPECT_EQ(again->value(64), "00000000");
    EXPECT_NE(std::find(safe.changed.begin(), safe.changed.end(), "52"), safe.changed.end());
}

TEST(Redact, FindsNumbersWhereNoRowHidesThem) {
    const std::string card = "4761739001010010";
    iso8583::message what("0200");
    what.set_tpdu(*iso8583::tpdu::parse("6000030000")).set_header("603100310730").set(11, "000001");
    const auto chip = unhex("5A084761739001010010"
                            "5F2403261231"
                            "DF02084761739001010010"
                            "DF031034373631373339303031303130303130"
                            "9F26081122334455667788");
    what.set(55, byte_view(chip));
    const auto wire = iso8583::encode(cup_pos(), what).value();
    const auto safe = redact(iso8583::decode(cup_pos(), wire).value()).value();
    EXPECT_EQ(safe.frame.size(), wire.size());
    EXPECT_EQ(to_hex(safe.frame).find(card), std::string::npos);
    EXPECT_EQ(as_text(safe.frame).find(card), std::string_view::npos);
    EXPECT_EQ(to_hex(safe.frame).find("5F2403261231"), std::string::npos);
    EXPECT_NE(to_hex(safe.frame).find("9F26081122334455667788"), std::string::npos);
    // Without a field 2, and in fields that are open: with a right check digit, or known from an account.
    iso8583::message open("0200");
    open.set(11, "000777")
        .set(44, "PAN" + card)
        .set(47, card + card)
        .set(102, "4761739001010011")
        .set(104, "4761739001010011");
    const auto text = iso8583::encode(iso8583::iso87_ascii(), open).value();
    const auto cleared = redact(iso8583::decode(iso8583::iso87_ascii(), text).value()).value();
    EXPECT_EQ(as_text(cleared.frame).find("476173900101001"), std::string_view::npos) << as_text(cleared.frame);
    EXPECT_EQ(cleared.frame.size(), text.size());
}

std::string redacted_chip(const std::string& chip) {
    iso8583::message what("0200");
    what.set_tpdu(*iso8583::tpdu::parse("6000030000")).set_header("603100310730").set(11, "000001");
    const auto data = unhex(chip);
    what.set(55, byte_view(data));
    const auto wire = iso8583::encode(cup_pos(), what).value();
    const auto safe = redact(iso8583::decode(cup_pos(), wire).value()).value();
    EXPECT_EQ(safe.frame.size(), wire.size());
    return to_hex(as_bytes(iso8583::decode(cup_pos(), safe.frame).value().value(55)));
}

/// A value that was shifted, wrongly labelled or left open is what a bank is asked about: it goes out by mail.
TEST(Redact, TakesNumbersOutOfValuesThatAreNotOfTheirTagsForm) {
    // The well-known sample of GB 11643, with its check character and with a wrong one.
    EXPECT_EQ(
        redacted_chip("9F6112313130313035313934393132333130303258"), "9F6112303030303030303030303030303030303058");
    EXPECT_EQ(
        redacted_chip("DF0112313130313035313934393132333130303239"), "DF0112303030303030303030303030303030303030");
    EXPECT_EQ(
        redacted_chip("5F5012313130313035313934393132333130303258"), "5F5012303030303030303030303030303030303058");
    // A card number in a tag of bits, of figures, and in one of no fixed length.
    for (const std::string tag : {"9F6C", "9F02", "9F7C", "95", "50"}) {
        const auto safe = redacted_chip(tag + "0A6217001234567890122F");
        EXPECT_EQ(safe.substr(0, tag.size() + 8), tag + "0A621700") << safe;
        EXPECT_EQ(safe.substr(safe.size() - 5), "0122F") << safe;
        EXPECT_EQ(safe.find("1234567890"), std::string::npos) << safe;
    }
    // A stripe, of which the expiry date is made up.
    const auto stripe = redacted_chip("500F6217001234567890122D251220100F");
    EXPECT_NE(stripe.find("0122D4912"), std::string::npos) << stripe;
    EXPECT_EQ(stripe.find("2512"), std::string::npos) << stripe;
    // A name in GBK, then a number as text.
    EXPECT_EQ(redacted_chip("DF010DD5C53133383132333435363738"), "DF010DD5C53030303030303030303030");
    // What has its form stays.
    for (const std::string chip : {"9F0206013812345678", "9F26084761739001010010", "500A56495341204445424954"})
        EXPECT_EQ(redacted_chip(chip), chip);
    // A template that cannot be read to its end may hold anything.
    EXPECT_EQ(redacted_chip("700B6217001234567890122F00").find("1234567890"), std::string::npos);
}

TEST(Redact, ReachesIntoChipDataAndOtherFields) {
    iso8583::message what("0200");
    what.set_tpdu(*iso8583::tpdu::parse("6000030000")).set_header("603100310730");
    const std::string card = "6228481234567890124"; // no real account
    what.set(2, card).set(11, "000001");
    const auto chip = unhex("5A0A6228481234567890124F"
                            "5F2004"
                            "4A4F484E"
                            "9F2608"
                            "1122334455667788"
                            "57115413330089020011D2512201"
                            "0000000000"
                            "9F10020000");
    what.set(55, byte_view(chip)).set(63, "card " + card);
    const auto wire = iso8583::encode(cup_pos(), what).value();
    const auto view = iso8583::decode(cup_pos(), wire).value();
    const auto safe = redact(view).value();
    EXPECT_EQ(safe.frame.size(), wire.size());
    EXPECT_EQ(to_hex(safe.frame).find(card), std::string::npos);
    EXPECT_EQ(as_text(safe.frame).find(card), std::string_view::npos);
    const auto again = iso8583::decode(cup_pos(), safe.frame).value();
    const auto data = to_hex(as_bytes(again.value(55)));
    EXPECT_NE(data.find("9F26081122334455667788"), std::string::npos); // what is no card data stays
    EXPECT_NE(data.find("5F200458585858"), std::string::npos);
    EXPECT_EQ(data.find("5413330089020011"), std::string::npos);
    const auto pan = again.value(2);
    EXPECT_EQ(luhn_digit(pan.substr(0, pan.size() - 1)) == pan.back(),
        luhn_digit(card.substr(0, card.size() - 1)) == card.back());
}

} // namespace
} // namespace cipherlane::cli
