// Bytes as debuggers, other languages, mails and captures have them; what other protocols carry.
#include "cipherlane/capture/capture_writer.hpp"
#include "cipherlane/iso8583_doctor.hpp"
#include "cipherlane/iso8583_messages.hpp"
#include "cipherlane/people_input.hpp"
#include "cipherlane/strangers.hpp"
#include "people_input_samples.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/iso8583/cup_pos.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdio>

namespace cipherlane::cli {
namespace {
namespace people_kinds {

using namespace people_samples;

/// A dump of words, the most significant byte of each on the left though it is the last of them.
std::string dump_of_words(const char* offset, const char* mark) {
    std::string made;
    const auto data = message();
    for (std::size_t at = 0; at + 4 <= data.size(); at += 4) {
        std::array<char, 64> text{};
        if (at % 16 == 0) {
            std::snprintf(text.data(), text.size(), offset, static_cast<unsigned>(at));
            made.append(at == 0 ? "" : "\n").append(text.data());
        }
        std::snprintf(text.data(), text.size(), " %s%02x%02x%02x%02x", mark, data[at + 3], data[at + 2], data[at + 1],
            data[at]);
        made += text.data();
    }
    return made + '\n';
}

/// Bits, as xxd -b writes them, with letters beside.
std::string bits() {
    std::string made;
    const auto data = message();
    for (std::size_t at = 0; at < data.size(); at += 6) {
        std::array<char, 16> text{};
        std::snprintf(text.data(), text.size(), "%08x:", static_cast<unsigned>(at));
        made += text.data();
        for (std::size_t i = at; i < std::min(at + 6, data.size()); ++i) {
            made += ' ';
            for (unsigned bit = 8; bit-- != 0;)
                made += (data[i] >> bit & 1U) != 0 ? '1' : '0';
        }
        made += "  ..0.A.\n";
    }
    return made;
}

std::string base64_of_digits() {
    static constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string made;
    std::string digits = sign_in;
    while (digits.size() % 3 != 0)
        digits.push_back('\n');
    for (std::size_t i = 0; i < digits.size(); i += 3) {
        const unsigned three = static_cast<unsigned>(digits[i]) << 16U | static_cast<unsigned>(digits[i + 1]) << 8U |
                               static_cast<unsigned>(digits[i + 2]);
        for (const unsigned shift : {18U, 12U, 6U, 0U})
            made += letters[three >> shift & 63U];
    }
    return made;
}

std::string full_width() {
    std::string made;
    for (const char c : sign_in) {
        const unsigned code = 0xFF00U + static_cast<unsigned char>(c) - 0x20U;
        made += static_cast<char>(0xEFU);
        made += static_cast<char>(0x80U | (code >> 6U & 0x3FU));
        made += static_cast<char>(0x80U | (code & 0x3FU));
    }
    return made;
}

TEST(PeopleInputKinds, HexWithTheMarksOfOtherLanguages) {
    for (const char* form :
        {"&H%02X ", "$%02X, ", "%02Xh ", "0%02Xh,", "&#x%02X;", "%02X|", "%02X.", "%02X_", "%%%02X"}) {
        const auto text = each_byte(form);
        EXPECT_EQ(messages_of(iso8583::cup_pos(), readings_of(text).value()).frames.front(), message()) << text;
    }
}

/// "%x" of C writes no zero in front of a single digit.
TEST(PeopleInputKinds, HexThatLacksItsZeros) {
    for (const char* form : {"%x ", "0x%x, ", "%x:", "%X|"}) {
        const auto text = each_byte(form);
        EXPECT_EQ(messages_of(iso8583::cup_pos(), readings_of(text).value()).frames.front(), message()) << text;
        EXPECT_EQ(examine(readings_of(text).value()).dialect, "cup-pos") << text;
    }
}

/// A message of characters with blanks between its fields, as a page of a specification or a log has it.
TEST(PeopleInputKinds, TextWithBlanksBetweenItsFields) {
    const std::string spaced = "0800 8220000000000000 0400000000000000 0721122000 000001 301";
    const std::string letters = "0210 2220000002800000 000000 0721122000 000017 00 TERM0001";
    for (const auto& each : {spaced, letters}) {
        for (const std::string before : {"", "10:20:30.123 INFO >> ", "ISO016000010 "}) {
            const auto found = examine(readings_of(before + each).value());
            EXPECT_EQ(found.dialect, "iso87-ascii") << before << each;
            ASSERT_EQ(found.messages.size(), 1U) << before << each;
            EXPECT_EQ(found.messages[0].mti, each.substr(0, 4));
            EXPECT_EQ(found.messages[0].fault, "") << before << each;
        }
    }
    const auto lines = examine(readings_of("10:20:30 > " + spaced + "\n10:20:31 < " + letters + "\n").value());
    EXPECT_EQ(lines.messages.size(), 2U);
}

/// Whoever names the form means it, however short the text is; what is none is told as no base64.
TEST(PeopleInputKinds, ShortBase64ByName) {
    const auto made = readings_of("nwIB", input_form::base64);
    ASSERT_TRUE(made) << made.error();
    EXPECT_EQ(to_hex(made->front().whole), "9F0201");
    const auto wrong = readings_of("nw*B", input_form::base64);
    ASSERT_FALSE(wrong);
    const auto why = wrong.error();
    EXPECT_EQ(why.offset(), 2U);
    EXPECT_NE(why.hint().find("base64"), std::string_view::npos) << why;
}

TEST(PeopleInputKinds, NumbersOfOtherBases) {
    std::string go = each_byte("%d ");
    go.pop_back();
    std::string erlang = each_byte("%d,");
    erlang.pop_back();
    const std::string texts[] = {
        "[" + go + "]",
        "2026/11/29 10:20:30 send [" + go + "]",
        "<<" + erlang + ">>",
        go,
        "b'" + each_byte("\\%03o") + "'",
        each_byte("\\%03o"),
        dump("%07o", " %03o", 16),
        dump("%07u", " %3u", 16),
        dump("%07u", " %03o", 16),
        letters_of_od(),
        octal_words(),
        bits(),
    };
    for (const auto& text : texts) {
        EXPECT_EQ(messages_of(iso8583::cup_pos(), readings_of(text).value()).frames.front(), message()) << text;
        const auto found = examined(text);
        EXPECT_TRUE(found.found && found.messages.front().fault.empty()) << text;
    }
    // Pairs of digits are hex, whatever stands between them.
    EXPECT_EQ(readings_of("[00 03 60 00 01 00 00 02 00 30]").value().front().form, input_form::hex);
    // Offsets that do not count are no offsets.
    for (const auto& each : readings_of("0000000 000 074 140\n0000009 000 003 000\n0000020 001 002 003\n").value())
        EXPECT_NE(each.form, input_form::numbers);
}

TEST(PeopleInputKinds, DebuggersPages) {
    const std::string texts[] = {
        dump("0x7ffe%04x <frame+%u>:", "\t0x%02x", 8),
        dump("00000000`%08x ", " %02x", 16),
        dump("1A2B:%04X ", " %02X", 16),
    };
    for (const auto& text : texts)
        EXPECT_EQ(messages_of(iso8583::cup_pos(), readings_of(text).value()).frames.front(), message()) << text;
    // Words of four bytes: the last, half one is not printed.
    const auto most = from_hex(sign_in.substr(0, 120)).value();
    const std::string words[] = {dump_of_words("0x7ffe%04x:", "0x"), dump_of_words("%08x:", "")};
    for (const auto& text : words) {
        const auto all = readings_of(text).value();
        EXPECT_TRUE(std::any_of(all.begin(), all.end(), [&](const auto& each) { return each.whole == most; }))
            << text;
    }
}

TEST(PeopleInputKinds, WhatWasPackedOnceMore) {
    std::string mail;
    const auto data = message();
    for (std::size_t i = 0; i < data.size(); ++i) {
        std::array<char, 8> text{};
        const bool plain = data[i] >= 0x21 && data[i] < 0x7F && data[i] != '=';
        std::snprintf(text.data(), text.size(), plain ? "%c" : "=%02X", data[i]);
        mail.append(text.data()).append(i == 30 ? "=\n" : "");
    }
    std::string address;
    for (const auto byte : data) {
        std::array<char, 8> text{};
        std::snprintf(text.data(), text.size(), byte >= 'A' && byte <= 'Z' ? "%c" : "%%%02x", byte);
        address += text.data();
    }
    const std::string twice = to_hex(as_bytes(sign_in));
    const std::string base64 = to_hex(as_bytes(
        std::string_view("ADxgAAMAAGAxADEHMAgAACAAAADAABIAAAFURVNUMDAwMVRFU1RNRVJDSDAwMDAwMQARAAAAAQAwAAMwMSA=")));
    for (const auto& text : {mail, address, each_byte("&#%d;"), base64_of_digits(), twice, base64, full_width()}) {
        const auto found = examined(text);
        EXPECT_EQ(found.dialect, "cup-pos") << text;
        ASSERT_TRUE(found.found) << text;
        EXPECT_EQ(found.messages.front().fault, "") << text;
    }
}

TEST(PeopleInputKinds, ATextThatWasBrokenIntoLines) {
    const auto found = examined("08008220000000000000040000000000\n000011291011120001233\n01\n");
    ASSERT_TRUE(found.found);
    EXPECT_EQ(found.dialect, "iso87-ascii");
    EXPECT_EQ(found.messages.front().fields, "7 11 70");
    EXPECT_EQ(found.messages.front().fault, "");
}

TEST(PeopleInputKinds, ACaptureGivesWhatItsConnectionsCarried) {
    bytes file;
    capture_writer out([&](byte_view piece) { file.insert(file.end(), piece.begin(), piece.end()); }, 5000);
    const auto data = message();
    using side = capture_writer::side;
    out.open(1, 40001, {});
    out.data(1, side::application, byte_view(data).first(20), {});
    out.data(1, side::application, byte_view(data).subspan(20), {});
    out.data(1, side::unit, data, {});
    out.close(1, {});
    const auto text = as_text(file);
    const auto all = readings_of(text).value();
    ASSERT_EQ(all.front().form, input_form::capture);
    EXPECT_EQ(all.front().parts, (std::vector{data, data}));
    const auto found = examined(text);
    EXPECT_EQ(found.input, "a capture of packets");
    ASSERT_EQ(found.messages.size(), 2U);
    EXPECT_EQ(found.messages.back().fault, "");
    EXPECT_EQ(messages_of(iso8583::cup_pos(), all).frames, (std::vector{data, data}));
    // Cut anywhere it is read as far as it goes, or as bytes.
    for (std::size_t size = 8; size < file.size(); size += 7)
        EXPECT_FALSE(readings_of(text.substr(0, size)).value().empty());
}

TEST(PeopleInputKinds, WhatOtherProtocolsCarry) {
    const auto data = message();
    const std::string body(as_text(data));
    const auto http = examined("POST /pos HTTP/1.1\r\nHost: host\r\nContent-Length: 62\r\n\r\n" + body);
    EXPECT_EQ(http.input, "raw bytes, the body of an HTTP message");
    EXPECT_EQ(http.framing, "2 bytes, binary");
    EXPECT_EQ(http.header, "tpdu 6000030000, pos-header 603100310730");
    EXPECT_EQ(http.messages.front().fault, "");

    const auto chunked =
        examined("POST /pos HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3e\r\n" + body + "\r\n0\r\n\r\n");
    EXPECT_NE(chunked.input.find(", the first chunk of the body of an HTTP message"), std::string::npos);
    EXPECT_EQ(chunked.framing, "2 bytes, binary");
    EXPECT_EQ(chunked.messages.at(0).fault, "");

    std::string frame = body + '\x03';
    std::uint8_t check = 0;
    for (const char c : frame)
        check = static_cast<std::uint8_t>(check ^ static_cast<std::uint8_t>(c));
    const auto serial = examined('\x02' + frame + static_cast<char>(check));
    EXPECT_EQ(serial.input, "raw bytes, a serial frame (02 … 03 and a check byte)");
    EXPECT_EQ(serial.header, "tpdu 6000030000, pos-header 603100310730");
    EXPECT_EQ(serial.messages.front().at, 1U);
    const auto wrong = examined('\x02' + frame + static_cast<char>(check ^ 1U));
    EXPECT_NE(wrong.input.find("WRONG"), std::string::npos) << wrong.input;
}

TEST(PeopleInputKinds, OtherProtocolsAreNamed) {
    struct row {
        std::string_view bytes;
        std::string_view words;
    };
    const row rows[] = {
        {"000630303030"
         "4E43",
            "cipher machine, command or answer NC"},
        {"02313233343536373803", "frame of a terminal"},
        {"16030102000100FC0303000102030405060708090A0B0C0D0E0F", "TLS record"},
        {"3C69736F6D73673E3C6669656C642F3E3C2F69736F6D73673E", "jPOS's XML"},
    };
    for (const auto& each : rows)
        EXPECT_NE(other_protocol(from_hex(each.bytes).value()).find(each.words), std::string::npos) << each.words;
}

/// What the product reads itself is named with the command that does.
TEST(PeopleInputKinds, StrangersAreNamedWithTheirCommand) {
    struct row {
        std::string_view given;
        std::string_view command;
    };
    const row rows[] = {
        {"000630303030"
         "4E43",
            "hsm"},
        {"00063030303141304E43", "hsm"}, // its length says less than there is
        {"0001NC", ""},                  // six characters may be anything
        {"0001NC0123456789", "hsm"},
        {"164F504E30303017C539", "ABECS"},
        {"060106AABBCCDDEEFF", "terminal --driver zvt"},
        {"040F02AABB", "terminal --driver zvt"},
        {"9F2701809F360200019505", "tlv decode"}, // cut
        {"9F360200029F2701809505000000000082021800", "tlv decode"},
        {"70099F360200025F340101", "tlv decode"},
        {"00020101021153031565802CN5904SHOP6007BEIJING6304A13A", "qr decode"},
        {"hQVDUFYwMWETTwegAAADMwEBUAg=", "qr decode"},
        {"https://qr.alipay.com/bax00000000000000000", "qr check"},
        {"B0080P0TE00E00000123456789ABCDEF0123456789ABCDEF", "keyblock inspect"},
        {"S1007271B0TN00S0002", ""}, // cut, and digits that may be anything
        {"00A4040007A0000003330101", "a command to a card"},
    };
    for (const auto& each : rows) {
        const auto words = other_protocol_in(each.given);
        EXPECT_EQ(words.empty(), each.command.empty()) << each.given << ": " << words;
        EXPECT_NE(words.find(each.command), std::string::npos) << each.given << ": " << words;
        const auto found = examined(each.given);
        EXPECT_FALSE(found.found) << each.given;
        if (!each.command.empty() && !found.found) {
            ASSERT_FALSE(found.notes.empty()) << each.given;
            EXPECT_NE(found.notes.back().find(each.command), std::string::npos) << found.notes.back();
        }
    }
    EXPECT_EQ(other_protocol(message()), "");
}

/// A mark of hex marks nothing where digits stand in front of it, or none behind.
TEST(PeopleInputKinds, AMarkStandsInFrontOfANumber) {
    for (const std::string_view text :
        {"0200300000000000000000000000000001000X", "9F360200010x", "5F3401010x5F", "0x"})
        EXPECT_FALSE(readings_of(text, input_form::hex)) << text;
    for (const std::string_view text :
        {"0x5F0x340x010x01", "0x5F 0x34, 0x0101", "\\x5F\\x34\\x01\\x01", "0x5F340101"})
        EXPECT_EQ(readings_of(text).value().front().whole, (bytes{0x5F, 0x34, 0x01, 0x01})) << text;
    const auto cut = examined("0200300000000000000000000000000001000X");
    EXPECT_EQ(cut.dialect, "iso87-ascii");
    EXPECT_NE(cut.messages.at(0).fault.find("field 4: not a decimal digit, byte 37"), std::string::npos)
        << cut.messages.at(0).fault;
}

/// Numbers of a log beside a message are none of its bytes; a length that somebody has set apart is.
TEST(PeopleInputKinds, NumbersOfALogAreNoBytes) {
    const auto rest = sign_in.substr(4);
    for (const auto& text : {"10:00:01 RX 62 " + sign_in, "len 62 " + sign_in, "thread 12 " + sign_in,
             "报文长度=62 " + sign_in, "msgid 00A1 " + sign_in, "id 00A1B2C3 " + sign_in, "62 " + sign_in,
             "RX 003C " + rest, "10:00:01 RX 62 " + sign_in + "\n10:00:02 RX 62 " + sign_in}) {
        const auto found = examined(text);
        EXPECT_EQ(found.framing, "2 bytes, binary") << text;
        EXPECT_EQ(found.header, "tpdu 6000030000, pos-header 603100310730") << text;
        for (const auto& each : found.messages)
            EXPECT_EQ(each.fault, "") << text;
        EXPECT_EQ(messages_of(iso8583::cup_pos(), readings_of(text).value()).frames.front(), message()) << text;
    }
}

/// Banks post dumps in which the middle of a card number is hidden.
TEST(PeopleInputKinds, HiddenDigitsAreReadAsNoughtsAndTold) {
    const std::string dump =
        "0031600003000060310031073002007020000000800000166228000000001117000000000000010000000123"
        "5445524D30303031";
    const auto at = dump.find("622800") + 6;
    for (const char sign : {'*', 'x', 'X', '#'}) {
        for (const std::string before : {"", "RX: "}) {
            auto text = dump;
            text.replace(at, 6, 6, sign);
            const auto found = examined(before + text);
            EXPECT_EQ(found.dialect, "cup-pos") << text;
            ASSERT_EQ(found.messages.size(), 1U) << text;
            EXPECT_EQ(found.messages[0].fault, "") << text;
            ASSERT_FALSE(found.notes.empty()) << text;
            EXPECT_NE(found.notes[0].find("6 hidden digits are read as noughts"), std::string::npos);
        }
    }
    // Letters of a text that is read as it is hide nothing.
    const auto whole = examined("08002000000000800000000123"
                                "0001XXXX");
    EXPECT_TRUE(whole.notes.empty());
    EXPECT_EQ(whole.messages.at(0).fault, "");
}

} // namespace people_kinds
} // namespace
} // namespace cipherlane::cli
