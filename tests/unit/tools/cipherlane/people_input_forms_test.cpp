// Bytes as people have them in source code, logs, mails and torn hexdumps; what is not there is told.
#include "cipherlane/iso8583_doctor.hpp"
#include "cipherlane/iso8583_messages.hpp"
#include "cipherlane/people_input.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/iso8583/cup_pos.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdio>

namespace cipherlane::cli {
namespace {
namespace people_forms {

/// A sign-in in the POS dialect: length, TPDU, header, 0800 with 11, 41, 42, 60, 63.
const std::string sign_in = "003C60000300006031003107300800002000000"
                            "0C000120000015445535430303031544553544D4552434830303030303100110000000100300003303120";

bytes unhex(std::string_view digits) {
    return from_hex(digits).value();
}
std::vector<input_reading> read(std::string_view text) {
    return readings_of(text).value();
}
bool gives(const std::vector<input_reading>& all, input_form form, std::string_view digits) {
    return std::any_of(
        all.begin(), all.end(), [&](const auto& each) { return each.form == form && to_hex(each.whole) == digits; });
}

/// The digits in groups, each behind `before` and in front of `behind`.
std::string grouped(const std::string& digits, std::string_view before, std::string_view behind) {
    std::string made;
    for (std::size_t i = 0; i < digits.size(); i += 2)
        made.append(before).append(digits.substr(i, 2)).append(behind);
    return made;
}
std::string decimals(const std::string& digits) {
    std::string made;
    for (const auto byte : unhex(digits))
        made.append(made.empty() ? "" : ", ")
            .append(std::to_string(static_cast<int>(static_cast<signed char>(byte))));
    return made;
}
/// As Python and strace print bytes: letters as they are, the rest escaped.
std::string escaped(const std::string& digits, const char* form) {
    std::string made;
    for (const auto byte : unhex(digits)) {
        const bool plain = byte >= 0x20 && byte < 0x7F && byte != '\\' && byte != '"' && byte != '\'';
        std::array<char, 8> text{};
        std::snprintf(text.data(), text.size(), form, byte);
        made += plain ? std::string(1, static_cast<char>(byte)) : std::string(text.data());
    }
    return made;
}

TEST(PeopleInputForms, SourceCodeOfAnyLanguage) {
    ASSERT_EQ(unhex(sign_in).size(), 62U);
    const std::string sources[] = {
        "static const unsigned char peer0_0[62] = { /* Packet 4 */\n" + grouped(sign_in, "0x", ", ") + "};\n",
        "unsigned char sign_in_bin[] = {\n  " + grouped(sign_in, "0x", ", // byte\n") +
            "};\nunsigned int sign_in_bin_len = 62;\n",
        "byte[] msg = new byte[] {" + grouped(sign_in, "(byte)0x", ", ") + "};",
        "msg := []byte{" + grouped(sign_in, "0x", ",") + "}",
        "send -> [" + decimals(sign_in) + "]",
        R"({"type":"Buffer","data":[)" + decimals(sign_in) + "]}",
        "sock.send(b'" + escaped(sign_in, "\\x%02x") + "')",
        "write(5, \"" + escaped(sign_in, "\\%03o") + "\", 62) = 62",
        escaped(sign_in, "\\x%02X"),
    };
    for (const auto& text : sources) {
        EXPECT_TRUE(gives(read(text), input_form::source, sign_in)) << text;
        EXPECT_EQ(messages_of(iso8583::cup_pos(), read(text)).frames.front(), unhex(sign_in)) << text;
    }
    EXPECT_EQ(read("a[] = {" + grouped(sign_in, "0x", ",") + "}; b[] = {" + grouped(sign_in, "0x", ",") + "};")
                  .front()
                  .parts.size(),
        2U);
}

TEST(PeopleInputForms, NumbersWithTheirTypesAndBracketsOfFullWidth) {
    for (const std::string type : {"_u8", "u8", "u", ".toByte()", " as UInt8"}) {
        std::string text = "[";
        for (std::size_t i = 0; i < sign_in.size(); i += 2)
            text.append(i == 0 ? "0x" : ", 0x").append(sign_in.substr(i, 2)).append(type);
        EXPECT_TRUE(gives(read(text + "]"), input_form::source, sign_in)) << type;
    }
    EXPECT_TRUE(gives(read("\uFF3B" + sign_in + "\uFF3D"), input_form::hex, sign_in));
}

TEST(PeopleInputForms, AStringThatWasCutIsToldAsCut) {
    const auto cut = read("write(5, \"\\0<`\\0\\3\\0\\0`1\\0001\\0070\\10\\0\"..., 62) = 62");
    EXPECT_EQ(to_hex(cut.front().whole).substr(0, 12), "003C60000300");
    EXPECT_NE(cut.front().note.find("cut off"), std::string::npos);
}

TEST(PeopleInputForms, LogsWithDatesTimesAndWordsAroundSpacedHex) {
    const std::string lines[] = {
        "2026-11-29 10:20:30.123 DEBUG [main] c.b.Pos - SEND: " + grouped(sign_in, "", " ") + "\n",
        "Nov 29 10:20:30 till pos[1234]: >> " + grouped(sign_in, "", ":"),
        "[2026/11/29 10:20:30] 127.0.0.1:5000 len=62 data=" + sign_in + ";",
        "10:20:30 TX " + grouped(sign_in, "", "-") + " ok",
        "\x1B[32mINFO\x1B[0m sent " + grouped(sign_in, "", " ") + "to host",
    };
    for (const auto& text : lines) {
        EXPECT_EQ(messages_of(iso8583::cup_pos(), read(text)).frames.front(), unhex(sign_in)) << text;
        EXPECT_EQ(examine(read(text), {}).dialect, "cup-pos") << text;
    }
    const auto two =
        messages_of(iso8583::cup_pos(), read(lines[0] + "10:20:31 nothing of a message here\n" + lines[1]));
    EXPECT_EQ(two.frames.size(), 2U);
}

TEST(PeopleInputForms, WhatAMailOrAShellMakesOfHex) {
    std::string narrow("\xFF\xFE", 2);
    for (const char c : sign_in)
        narrow.append(1, c).append(1, '\0');
    for (const auto& text : {grouped(sign_in, "", "\u00A0"), "\uFEFF" + sign_in, grouped(sign_in, "", "\u2013"),
             "> " + sign_in.substr(0, 64) + "\r\n> " + sign_in.substr(64) + "\r\n", grouped(sign_in, "", "\uFF1A"),
             narrow}) {
        EXPECT_TRUE(gives(read(text), input_form::hex, sign_in)) << text;
    }
}

TEST(PeopleInputForms, WhatShellsPagesAndKeyboardsPutAround) {
    std::string big("\xFE\xFF", 2);
    std::string bare;
    for (const char c : sign_in) {
        big.append(1, '\0').append(1, c);
        bare.append(1, c).append(1, '\0');
    }
    for (const auto& text :
        {big, bare, "<PRE>" + sign_in + "</PRE>", sign_in.substr(0, 64) + "<br>" + sign_in.substr(64) + "<br/>",
            grouped(sign_in, "", "\u3001"), "<p>" + sign_in + "</p>"}) {
        EXPECT_TRUE(gives(read(text), input_form::hex, sign_in)) << text;
    }
    EXPECT_EQ(examine(read("\u53D1\u9001\u3010" + sign_in + "\u3011\u3002"), {}).dialect, "cup-pos");
    // A message in characters that a Windows shell has written.
    const std::string echo = "0800822000000000000004000000000000000721122000000001301";
    std::string wide("\xFF\xFE", 2);
    for (const char c : echo)
        wide.append(1, c).append(1, '\0');
    EXPECT_EQ(examine(read(wide), {}).dialect, "iso87-ascii");
}

/// Netty's log: bars around the offset and the letters, a ruler with the columns' numbers above.
TEST(PeopleInputForms, ADumpInBars) {
    const std::string rule = "+--------+-------------------------------------------------+----------------+\n";
    std::string text = "10:20:30 DEBUG [id: 0x1] READ: 62B\n         +---------+\n"
                       "         |  0  1  2  3  4  5  6  7  8  9  a  b  c  d  e  f |\n" +
                       rule;
    for (std::size_t at = 0; at < sign_in.size(); at += 32) {
        std::array<char, 32> offset{};
        std::snprintf(offset.data(), offset.size(), "|%08zx| ", at / 2);
        text += offset.data() + grouped(sign_in.substr(at, 32), "", " ") + "|................|\n";
    }
    EXPECT_TRUE(gives(read(text + rule), input_form::dump, sign_in)) << text;
    EXPECT_EQ(examine(read(text + rule), {}).dialect, "cup-pos");
}

TEST(PeopleInputForms, ColumnsWithoutOffsets) {
    EXPECT_TRUE(
        gives(read("00 3C 60 00 03 00 00 60  31 00 31 07 30 08 00 00  .?`....`1.1.0...\n20 00 41        .A\n"),
            input_form::columns,
            "003C600003000060310031073008000020"
            "0041"));
    EXPECT_TRUE(
        gives(read("00 3C 60 00 03 00 00 60 |.?`....`|\n31 00 |1.|\n"), input_form::columns, "003C6000030000603100"));
}

TEST(PeopleInputForms, ADumpBehindTheWordsOfALog) {
    EXPECT_TRUE(
        gives(read("2026-11-29 10:20:30,123 DEBUG 0000: 00 3C 60 00 03 00 00 60 31 00 31 07 30 08 00 00  .?`\n"
                   "2026-11-29 10:20:30,124 DEBUG 0010: 20 00  .\n"),
            input_form::dump,
            "003C600003000060310031073008000020"
            "00"));
}

TEST(PeopleInputForms, ADumpThatLacksLinesIsReadUpToThereAndSaysSo) {
    const std::string first = "00000000  00 3c 60 00 03 00 00 60  31 00 31 07 30 08 00 00  |.?`....`1.1.0...|\n"
                              "00000010  20 00 00 00 c0 00 12 00  00 01 54 45 53 54 30 30  | .........TEST00|\n";
    const std::string last = "00000040  20                                                | |\n00000041\n";
    for (const auto* between : {"...\n", "[... 32 bytes omitted ...]\n", "<snip> ...\n", ""}) {
        const auto torn = read(first + between + last);
        ASSERT_EQ(torn.front().form, input_form::dump) << between;
        EXPECT_EQ(to_hex(torn.front().whole), sign_in.substr(0, 64)) << between;
        EXPECT_EQ(torn.front().note, "the dump leaves out bytes 32 to 63: it is read up to there") << between;
    }
    const auto found = examine(read(first + "...\n" + last), {});
    EXPECT_EQ(found.dialect, "cup-pos");
    ASSERT_FALSE(found.notes.empty());
    EXPECT_NE(found.notes.front().find("leaves out"), std::string::npos);
    // A line in the middle that lost its end.
    const auto cut = read("0000: 00 3C 60 00 03 00 00 60 31 00 31 07 30 08\n0010: 20 00 00 00 C0 00 12 00\n");
    EXPECT_EQ(to_hex(cut.front().whole), sign_in.substr(0, 28));
    EXPECT_EQ(cut.front().note, "the dump leaves out bytes 14 to 15: it is read up to there");
}

/// As od -t x4 writes it on a machine that has its least significant byte first; the last word is filled up.
TEST(PeopleInputForms, ADumpInWordsOfFourBytes) {
    EXPECT_TRUE(gives(read("0000000 00603c00 60000003 07310031 00000830\n"
                           "0000020 000000c0 01001200 45540000\n0000032\n"),
        input_form::dump, "003C6000030000603100310730080000C0000000001200010000"));
}

TEST(PeopleInputForms, Base64AmongOtherSigns) {
    EXPECT_TRUE(gives(read(R"({"id":7,"raw":"ADxgAAMAAGAxADEHMAgAIAAA","len":18})"), input_form::base64,
        "003C600003000060310031073008002000"
        "00"));
}

std::string base64_of(const std::string& digits, std::size_t width, std::string_view end = "\n") {
    constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    auto data = unhex(digits);
    const auto fill = (3 - data.size() % 3) % 3;
    data.resize(data.size() + fill);
    std::string made;
    for (std::size_t i = 0; i < data.size(); i += 3) {
        const unsigned three =
            static_cast<unsigned>(data[i]) << 16U | static_cast<unsigned>(data[i + 1]) << 8U | data[i + 2];
        for (const unsigned shift : {18U, 12U, 6U, 0U})
            made += letters[three >> shift & 63U];
    }
    made.replace(made.size() - fill, fill, fill, '=');
    std::string lines;
    for (std::size_t at = 0; at < made.size(); at += width)
        lines += (at == 0 ? "" : std::string(end)) + made.substr(at, width);
    return lines;
}

TEST(PeopleInputForms, Base64InSeveralLinesAmongWords) {
    const std::string texts[] = {
        "payload:\n" + base64_of(sign_in, 64) + "\n-- end\n",
        "Body\r\n" + base64_of(sign_in, 76, "\r\n") + "\r\n",
        "raw=" + base64_of(sign_in, 32) + ";\nreceived 62 bytes\n",
        "10:20:30 DEBUG " + base64_of(sign_in, 40, "\n10:20:30 DEBUG ") + "\n10:20:31 DEBUG done with it\n",
        R"({"raw":")" + base64_of(sign_in, 60, "\\n") + R"(","len":62})",
        R"({"raw":")" + base64_of(sign_in, 76, "\\r\\n") + R"(\r\n"})",
        "<Data>" + base64_of(sign_in, 64, "&#13;\n") + "</Data>",
        "x = \"" + base64_of(sign_in, 48, "\" +\n    \"") + "\";",
        "begin-base64 644 message\n" + base64_of(sign_in, 60) + "\n====\n",
    };
    for (const auto& text : texts)
        EXPECT_EQ(messages_of(iso8583::cup_pos(), read(text)).frames.front(), unhex(sign_in)) << text;
    const auto two = read("first " + base64_of(sign_in, 200) + "\nsecond " + base64_of(sign_in, 200) + "\n");
    EXPECT_EQ(messages_of(iso8583::cup_pos(), two).frames.size(), 2U);
}

TEST(PeopleInputForms, BytesInBracketsBehindWords) {
    for (const auto& text : {"TX: " + grouped(sign_in, "<", ">"), "SND [80]: " + grouped(sign_in, "[", "]"),
             "10:20:30.123 COM1 << " + grouped(sign_in, "<", "> "), "tx (62): " + grouped(sign_in, "(", ")"),
             "data {" + grouped(sign_in, "", "|") + "}"}) {
        EXPECT_EQ(messages_of(iso8583::cup_pos(), read(text)).frames.front(), unhex(sign_in)) << text;
        EXPECT_EQ(examine(read(text), {}).dialect, "cup-pos") << text;
    }
}

TEST(PeopleInputForms, BytesThatAreMarkedBehindWords) {
    for (const auto& text : {"TX: " + grouped(sign_in, "0x", " ") + "done",
             "sent " + grouped(sign_in, "0X", ", ") + "ok", "data: " + grouped(sign_in, "\\x", ""),
             "Send: " + grouped(sign_in, "", "h "), "tx " + grouped(sign_in, "$", " "),
             "tx: " + grouped(sign_in, "", "."), "tx: " + grouped(sign_in, "", "/"),
             "bytearray(b\"" + grouped(sign_in, "\\x", "") + "\")", "len=62 | " + grouped(sign_in, "", "_")}) {
        EXPECT_EQ(messages_of(iso8583::cup_pos(), read(text)).frames.front(), unhex(sign_in)) << text;
        EXPECT_EQ(examine(read(text), {}).dialect, "cup-pos") << text;
    }
    std::string numbers = "bytes:";
    for (const auto byte : unhex(sign_in))
        numbers += " " + std::to_string(byte);
    EXPECT_EQ(examine(read(numbers), {}).dialect, "cup-pos");
}

TEST(PeopleInputForms, TheLogOfATerminalProgram) {
    for (const char* form : {"<%02X>", "[%02x]", "<0x%02X>", "{%02X}"}) {
        for (const std::string before : {"", "TX: ", "10:20:30 Snd [62]: "}) {
            EXPECT_TRUE(gives(read(before + escaped(sign_in, form) + "\n"), input_form::encoded, sign_in))
                << form << before;
        }
    }
    EXPECT_TRUE(gives(read("RX: [STX]0800<FS>[ETX]\n"), input_form::encoded, "02303830303C46533E03"));
    EXPECT_TRUE(gives(read("<STX>0800<fs>7<ETX>\nok\n"), input_form::encoded, "02303830301C3703"));
}

/// What looks like a line of the value and is none: above it, below it, in both places.
TEST(PeopleInputForms, Base64BelowATraceIdOrARuler) {
    const std::string id = "4bf92f3577b34da6a3ce929d0e0e4736";
    const std::string ruler(64, '-');
    const auto one = base64_of(sign_in, 200);
    const auto folded = base64_of(sign_in, 64);
    for (const auto& text : {id + "\n" + one, id + "\n" + folded, "sent\n" + ruler + "\n" + folded,
             ruler + "\n" + folded + "\n" + ruler, id + "\n" + ruler + "\n" + folded, folded + "\ndone\n",
             "trace " + id + "\n" + one + "\nreceived\n", id + "\r\n" + folded + "\r\n"}) {
        EXPECT_EQ(messages_of(iso8583::cup_pos(), read(text)).frames.front(), unhex(sign_in)) << text;
        const auto found = examine(read(text), {});
        EXPECT_EQ(found.dialect, "cup-pos") << text;
        ASSERT_FALSE(found.messages.empty()) << text;
        EXPECT_EQ(found.messages.front().fault, "") << text;
    }
    // Two values on two lines, without a length that would tell where the first ends.
    const auto two = base64_of(sign_in.substr(4), 200) + "\n" + base64_of(sign_in.substr(4), 200) + "\n";
    auto bare = iso8583::cup_pos();
    bare.envelope.length = iso8583::frame_length::none;
    EXPECT_EQ(messages_of(bare, read(two)).frames.size(), 2U);
}

/// A record of Intel HEX, or of Motorola's where `intel` is not.
std::string record(std::size_t address, const std::string& data, bool intel, unsigned kind) {
    std::array<char, 16> head{};
    std::snprintf(head.data(), head.size(), intel ? "%02zX%04zX%02X" : "%02zX%04zX",
        data.size() / 2 + (intel ? 0 : 3), address, kind);
    const auto body = head.data() + data;
    unsigned sum = 0;
    for (const auto byte : unhex(body))
        sum += byte;
    std::array<char, 8> tail{};
    std::snprintf(tail.data(), tail.size(), "%02X\n", (intel ? 0U - sum : ~sum) & 0xFFU);
    return (intel ? ":" : "S" + std::to_string(kind)) + body + tail.data();
}
std::vector<std::string> records(const std::string& digits, bool intel, std::size_t address = 0) {
    std::vector<std::string> made;
    for (std::size_t at = 0; at < digits.size(); at += 32)
        made.push_back(record(address + at / 2, digits.substr(at, 32), intel, intel ? 0 : 1));
    made.emplace_back(intel ? ":00000001FF\n" : "S9030000FC\n");
    return made;
}
std::string joined(const std::vector<std::string>& lines) {
    std::string made;
    for (const auto& each : lines)
        made += each;
    return made;
}

/// As objcopy and uuencode write the sign-in.
TEST(PeopleInputForms, RecordsThatCheckThemselves) {
    for (const bool intel : {true, false}) {
        const auto text = joined(records(sign_in, intel));
        ASSERT_EQ(read(text).size(), 1U) << text;
        EXPECT_TRUE(gives(read(text), input_form::records, sign_in)) << text;
        EXPECT_EQ(read(text).front().note, "");
        EXPECT_EQ(examine(read(text), {}).dialect, "cup-pos") << text;
        auto wrong = text;
        wrong[12] = wrong[12] == '0' ? '1' : '0';
        const auto damaged = read(wrong);
        EXPECT_NE(damaged.front().note.find("the sum of the record in line 1 is wrong"), std::string::npos);
        EXPECT_TRUE(damaged.front().damaged);
        EXPECT_GT(damaged.size(), 1U) << "what does not check itself may be something else";
    }
    EXPECT_TRUE(gives(read("begin 644 message\n"
                           "M`#Q@``,``&`Q`#$',`@``\"````#``!(```%415-4,#`P,51%4U1-15)#2#`P\n"
                           "1,#`P,0`1`````0`P``,P,2``\n`\nend\n"),
        input_form::records, sign_in));
}

TEST(PeopleInputForms, RecordsInAnotherOrderWithAHoleOrTwiceAreTold) {
    for (const bool intel : {true, false}) {
        const auto all = records(sign_in, intel);
        ASSERT_EQ(all.size(), 5U);
        const auto turned = read(all[1] + all[0] + all[2] + all[3] + all[4]);
        EXPECT_EQ(to_hex(turned.front().whole), sign_in);
        EXPECT_EQ(
            turned.front().note, "the record in line 2 stands behind ones of higher addresses: put in their order");
        EXPECT_FALSE(turned.front().damaged);
        const auto torn = read(all[0] + all[2] + all[3] + all[4]);
        EXPECT_EQ(torn.front().note, "16 bytes are missing in front of the record in line 2, behind line 1");
        EXPECT_TRUE(torn.front().damaged);
        EXPECT_EQ(torn.front().parts.size(), 2U);
        const auto twice = read(all[0] + all[1] + all[1] + all[2] + all[3] + all[4]);
        EXPECT_EQ(twice.front().note, "the record in line 3 says bytes once more that line 2 has said");
        EXPECT_TRUE(twice.front().damaged);
        const auto two = read(joined(all) + joined(all));
        EXPECT_EQ(two.front().note, "another file begins in line 6: each is a message of its own");
        EXPECT_EQ(two.front().parts.size(), 2U);
        EXPECT_EQ(messages_of(iso8583::cup_pos(), two).frames.size(), 2U);
    }
    // Addresses count from where a record says: what runs over 64 KiB has no hole.
    const auto high = record(0, "0800", true, 4) + record(0xFFF0, sign_in.substr(0, 32), true, 0) +
                      record(0, "0801", true, 4) + record(0, sign_in.substr(32), true, 0) + ":00000001FF\n";
    EXPECT_EQ(to_hex(read(high).front().whole), sign_in);
    EXPECT_EQ(read(high).front().note, "");
}

TEST(PeopleInputForms, TwoUuencodedFilesAreTwoMessages) {
    const std::string lines = "M`#Q@``,``&`Q`#$',`@``\"````#``!(```%415-4,#`P,51%4U1-15)#2#`P\n"
                              "1,#`P,0`1`````0`P``,P,2``\n`\n";
    const auto two = read("begin 644 one\n" + lines + "end\nbegin 644 two\n" + lines + "end\n");
    EXPECT_EQ(two.front().note, "another file begins in line 6: each is a message of its own");
    EXPECT_EQ(messages_of(iso8583::cup_pos(), two).frames.size(), 2U);
    const auto cut = read("begin 644 one\n" + lines + "end\nbegin 644 two\n" + lines);
    EXPECT_TRUE(cut.front().damaged);
    EXPECT_NE(cut.front().note.find("has no end"), std::string::npos);
}

TEST(PeopleInputForms, AWordThatBeginsALineMakesNoUuencode) {
    for (const auto* first : {"begin message", "begin transaction", "begin 12 hex", "begin 644"}) {
        for (const auto& one : read(std::string(first) + "\n5F24 03 261231\n9A03261130\nend\n"))
            EXPECT_NE(one.form, input_form::records) << first;
    }
}

TEST(PeopleInputForms, AMessageCutAnywhereBehindItsHeadersIsKnownByThem) {
    for (std::size_t size = 18; size < sign_in.size() / 2; size += 2)
        EXPECT_EQ(examine(read(sign_in.substr(0, 2 * size)), {}).dialect, "cup-pos") << size;
}

/// Two packets as tcpdump -X prints them, over IPv6 and IPv4; the second carries nothing.
TEST(PeopleInputForms, PacketsGiveTheirPayloads) {
    const std::string payload = sign_in;
    std::string packet = "45000066000040004006000"
                         "07F0000017F000001"
                         "9C401388"
                         "0000000100000001"
                         "50180200"
                         "00000000";
    packet += payload;
    std::string ack = "45000028000040004006000"
                      "07F0000017F000001"
                      "13889C40"
                      "0000000100000001"
                      "50100200"
                      "00000000";
    const auto dumped = [](const std::string& digits) {
        std::string made = "10:20:30.123456 IP 127.0.0.1.40000 > 127.0.0.1.5000: Flags [P.], length 62\n";
        for (std::size_t i = 0; i < digits.size(); i += 32) {
            std::array<char, 32> offset{};
            std::snprintf(offset.data(), offset.size(), "\t0x%04zx:  ", i / 2);
            made += offset.data();
            const auto line = digits.substr(i, 32);
            for (std::size_t k = 0; k < line.size(); k += 4)
                made += line.substr(k, 4) + " ";
            made += " E..i\n";
        }
        return made;
    };
    const auto found = messages_of(iso8583::cup_pos(), read(dumped(packet) + dumped(ack) + dumped(packet)));
    ASSERT_EQ(found.frames.size(), 2U);
    EXPECT_EQ(found.frames[1], unhex(sign_in));
    const std::string version_6 = "60000000"
                                  "0052"
                                  "0640" +
                                  std::string(64, '0') + packet.substr(40);
    EXPECT_EQ(packet_payload(unhex(version_6)), 60U);
    EXPECT_EQ(packet_payload(unhex("1800000060000000" + version_6.substr(8))), 64U) << "loopback of BSD";
}

} // namespace people_forms
} // namespace
} // namespace cipherlane::cli
