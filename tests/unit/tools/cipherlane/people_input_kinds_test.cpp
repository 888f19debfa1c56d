// Bytes as debuggers, od, other languages, mails and captures have them; what other protocols carry.
#include "cipherlane/capture/capture_writer.hpp"
#include "cipherlane/card_talk.hpp"
#include "cipherlane/iso8583_doctor.hpp"
#include "cipherlane/iso8583_messages.hpp"
#include "cipherlane/people_input.hpp"
#include "cipherlane/strangers.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/iso8583/cup_pos.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdio>

namespace cipherlane::cli {
namespace {
namespace people_kinds {

/// A sign-in in the POS dialect: length, TPDU, header, 0800 with 11, 41, 42, 60, 63.
const std::string sign_in = "003C60000300006031003107300800002000000"
                            "0C000120000015445535430303031544553544D4552434830303030303100110000000100300003303120";

bytes message() {
    return from_hex(sign_in).value();
}

diagnosis examined(std::string_view text) {
    return examine(readings_of(text).value(), {});
}

/// Each byte by a form of printf.
std::string each_byte(const char* form) {
    std::string made;
    for (const auto byte : message()) {
        std::array<char, 16> text{};
        std::snprintf(text.data(), text.size(), form, byte);
        made += text.data();
    }
    return made;
}

/// A dump: `offset` and `cell` are forms of printf, `width` bytes on a line.
std::string dump(const char* offset, const char* cell, std::size_t width) {
    std::string made;
    const auto data = message();
    for (std::size_t at = 0; at < data.size(); at += width) {
        std::array<char, 64> text{};
        std::snprintf(text.data(), text.size(), offset, static_cast<unsigned>(at), static_cast<unsigned>(at));
        made += text.data();
        for (std::size_t i = at; i < std::min(at + width, data.size()); ++i) {
            std::snprintf(text.data(), text.size(), cell, data[i]);
            made += text.data();
        }
        made += '\n';
    }
    return made;
}

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

/// "od -c".
std::string letters_of_od() {
    std::string made;
    const auto data = message();
    for (std::size_t at = 0; at < data.size(); ++at) {
        std::array<char, 16> text{};
        if (at % 16 == 0) {
            std::snprintf(text.data(), text.size(), "%s%07o", at == 0 ? "" : "\n", static_cast<unsigned>(at));
            made += text.data();
        }
        const char* form = data[at] == 0 ? "  \\0" : data[at] >= 0x21 && data[at] < 0x7F ? "   %c" : " %03o";
        std::snprintf(text.data(), text.size(), form, data[at]);
        made += text.data();
    }
    return made + "\n0000076\n";
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

/// Octal words as od writes them without being told otherwise.
std::string octal_words() {
    std::string made;
    const auto data = message();
    for (std::size_t at = 0; at + 1 < data.size(); at += 2) {
        std::array<char, 16> text{};
        if (at % 16 == 0) {
            std::snprintf(text.data(), text.size(), "%s%07o", at == 0 ? "" : "\n", static_cast<unsigned>(at));
            made += text.data();
        }
        std::snprintf(text.data(), text.size(), " %06o", data[at] | data[at + 1] << 8U);
        made += text.data();
    }
    return made + "\n0000076\n";
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

/// A sale in characters behind a length in characters, as hosts of other countries send it.
const std::string sale_text = "00780200323804000080800000000000000000123411301015200001231015201130051TERM0001156";

std::string as_chars(const bytes& data) {
    return {as_text(data).begin(), as_text(data).end()};
}

/// What editors and transfers make of a file of bytes.
TEST(PeopleInputKinds, AFileOfBytesWithWhatEditorsPutAroundIt) {
    const auto data = as_chars(message());
    struct row {
        std::string given;
        std::string input;
    };
    const row rows[] = {
        {data, "raw bytes"},
        {data + "\n", "raw bytes, without the line end of the file"},
        {data + "\r\n", "raw bytes, without the line end of the file"},
        {data + "\n\n", "raw bytes, without the empty line at the end of the file"},
        {data + "\x1A", "raw bytes, without the line end of the file"},
        {"\xEF\xBB\xBF" + data, "raw bytes, without the byte order mark in front"},
        {"\xEF\xBB\xBF" + data + "\n",
            "raw bytes, without the byte order mark in front, without the line end of the file"},
    };
    for (const auto& each : rows) {
        const auto found = examined(each.given);
        EXPECT_EQ(found.input, each.input);
        EXPECT_EQ(found.framing, "2 bytes, binary") << each.input;
        EXPECT_EQ(found.trailer, "") << each.input;
        EXPECT_TRUE(found.notes.empty()) << each.input;
        ASSERT_EQ(found.messages.size(), 1U) << each.input;
        EXPECT_EQ(found.messages[0].fault, "") << each.input;
        EXPECT_EQ(messages_of(iso8583::cup_pos(), readings_of(each.given).value()).frames.front(), message());
    }
    const auto two = examined(data + "\n" + data + "\n");
    ASSERT_EQ(two.messages.size(), 2U);
    EXPECT_EQ(two.messages[1].at, message().size() + 1);
    EXPECT_EQ(two.trailer, "");
    // A line end that is the message's own: its length counts it, or somebody says that the bytes are just these.
    auto own = message();
    own.back() = '\n';
    EXPECT_EQ(examined(as_text(own)).messages.at(0).bytes, own.size());
    EXPECT_EQ(readings_of(data + "\n", input_form::raw).value().front().whole.size(), data.size() + 1);
    // In hex it was not put there by an editor.
    EXPECT_EQ(examined(sign_in + "0A").trailer, "0A");
}

TEST(PeopleInputKinds, BytesThatWereTakenForText) {
    auto data = message();
    data[11] = '\n'; // within the POS header
    std::string returns;
    for (const auto byte : data) {
        if (byte == '\n') returns += '\r';
        returns += static_cast<char>(byte);
    }
    const auto restored = examined(returns);
    EXPECT_EQ(restored.framing, "2 bytes, binary");
    ASSERT_FALSE(restored.notes.empty());
    EXPECT_NE(restored.notes.front().find("0D in front"), std::string::npos);

    std::string utf8;
    for (const auto byte : message()) {
        if (byte >= 0x80) utf8 += static_cast<char>(0xC0U | byte >> 6U);
        utf8 += static_cast<char>(byte >= 0x80 ? 0x80U | (byte & 0x3FU) : byte);
    }
    const auto before = examined(utf8);
    EXPECT_EQ(before.framing, "2 bytes, binary");
    ASSERT_FALSE(before.notes.empty());
    EXPECT_NE(before.notes.front().find("UTF-8"), std::string::npos);
}

/// Groups of bytes as od has them: `size` bytes in each, the first or the last of them first; the last group is
/// filled up by zeros, and the last offset tells how many bytes there are.
std::string od_groups(std::size_t size, bool big, std::size_t filled) {
    std::string made;
    auto data = message();
    data.insert(data.end(), filled, 0x20);
    const auto all = data.size();
    while (data.size() % size != 0)
        data.push_back(0);
    std::array<char, 16> text{};
    for (std::size_t at = 0; at < data.size(); at += size) {
        std::snprintf(text.data(), text.size(), "%s%07o", at == 0 ? "" : "\n", static_cast<unsigned>(at));
        if (at % 16 == 0) made += text.data();
        auto group = to_hex(byte_view(data).subspan(at, size));
        if (!big) {
            bytes turned(data.begin() + static_cast<std::ptrdiff_t>(at),
                data.begin() + static_cast<std::ptrdiff_t>(at + size));
            std::reverse(turned.begin(), turned.end());
            group = to_hex(turned);
        }
        made += ' ' + group;
    }
    std::snprintf(text.data(), text.size(), "\n%07o\n", static_cast<unsigned>(all));
    return made + text.data();
}

TEST(PeopleInputKinds, WordsOfOdInEitherOrder) {
    for (const std::size_t size : {2U, 4U, 8U}) {
        for (const bool big : {true, false}) {
            const auto text = od_groups(size, big, 0);
            const auto found = examined(text);
            EXPECT_EQ(found.framing, "2 bytes, binary") << text;
            EXPECT_EQ(found.trailer, "") << text;
            ASSERT_EQ(found.messages.size(), 1U) << text;
            EXPECT_EQ(found.messages[0].fault, "") << text;
            // One byte more than a whole number of words.
            EXPECT_EQ(examined(od_groups(size, big, 3)).trailer, "202020");
        }
    }
}

TEST(PeopleInputKinds, ShortDumpsWithOffsetsOfAnyBase) {
    for (const char* offset : {"%07u", "%07o", "%05u ", "%08x", "%04X -", "%04x |", "%04x :"}) {
        for (const std::size_t width : {16U, 32U}) {
            const auto text = dump(offset, " %02x", width);
            const auto found = examined(text);
            EXPECT_EQ(found.framing, "2 bytes, binary") << text;
            ASSERT_EQ(found.messages.size(), 1U) << text;
            EXPECT_EQ(found.messages[0].fault, "") << text;
        }
    }
}

/// The offset that begins a line of sixteen bytes; nothing within one, and in front of the first.
std::string line_at(std::size_t at, const char* form) {
    std::array<char, 16> text{};
    if (at % 16 == 0 && at != 0) std::snprintf(text.data(), text.size(), form, static_cast<unsigned>(at));
    return text.data();
}

/// Signed numbers, numbers of two bytes, and letters behind offsets in hex.
TEST(PeopleInputKinds, NumbersOfOdAndHexdump) {
    std::string small = "0000000";
    std::string words = "0000000";
    const auto data = message();
    for (std::size_t at = 0; at < data.size(); ++at) {
        std::array<char, 16> text{};
        small += line_at(at, "\n%07o");
        std::snprintf(text.data(), text.size(), " %4d", static_cast<int>(static_cast<signed char>(data[at])));
        small += text.data();
        if (at % 2 != 0) continue;
        words += line_at(at, "\n%07x");
        std::snprintf(text.data(), text.size(), "   %05u", data[at] | data[at + 1] << 8U);
        words += text.data();
    }
    auto letters = letters_of_od();
    for (unsigned at = 16; at < data.size(); at += 16) {
        std::array<char, 16> from{};
        std::array<char, 16> to{};
        std::snprintf(from.data(), from.size(), "\n%07o", at);
        std::snprintf(to.data(), to.size(), "\n%07x", at);
        letters.replace(letters.find(from.data()), 8, to.data());
    }
    letters.replace(letters.rfind("0000076"), 7, "000003e");
    for (const auto& text : {small + "\n0000076\n", words + "\n000003e\n", letters}) {
        const auto found = examined(text);
        EXPECT_EQ(found.framing, "2 bytes, binary") << text;
        ASSERT_EQ(found.messages.size(), 1U) << text;
        EXPECT_EQ(found.messages[0].fault, "") << text;
    }
}

/// A request and its answer: several dumps of numbers, several pieces in one line.
TEST(PeopleInputKinds, SeveralMessagesInOneText) {
    const auto colons = each_byte("%02x:");
    const auto bare = colons.substr(0, colons.size() - 1);
    const std::string texts[] = {
        letters_of_od() + "\n" + letters_of_od(),
        "10:20:30 SEND:\n" + octal_words() + "10:20:31 RECV:\n" + octal_words(),
        dump("%07o", " %3u", 16) + dump("%07o", " %3u", 16),
        "10:20:30 SEND:\n" + bare + "\n10:20:31 RECV:\n" + bare + "\n",
        "10:20:30 [pos] req=" + sign_in + " rsp=" + sign_in + "\n",
        R"([{"dir":"out","hex":")" + sign_in + R"("},{"dir":"in","hex":")" + sign_in + R"("}])",
        "<log><msg>" + sign_in + "</msg><msg>" + sign_in + "</msg></log>",
        "INSERT INTO t VALUES (1,0x" + sign_in + "),(2,0x" + sign_in + ");",
    };
    for (const auto& text : texts) {
        const auto found = examined(text);
        EXPECT_EQ(found.messages.size(), 2U) << text;
        for (const auto& each : found.messages)
            EXPECT_EQ(each.fault, "") << text;
    }
    // A log's own long number is no message.
    const auto one = examined("trace=0af7651916cd43dd8448eb211c80319c req=" + sign_in);
    ASSERT_EQ(one.messages.size(), 1U);
    EXPECT_EQ(one.messages[0].fault, "");
}

/// "od -tx1c": letters under the bytes.
TEST(PeopleInputKinds, ADumpWithLettersUnderItsBytes) {
    std::string text;
    const auto data = message();
    for (std::size_t at = 0; at < data.size(); at += 16) {
        std::array<char, 16> part{};
        std::snprintf(part.data(), part.size(), "%06x", static_cast<unsigned>(at));
        text += part.data();
        const auto end = std::min(at + 16, data.size());
        for (auto i = at; i < end; ++i) {
            std::snprintf(part.data(), part.size(), "  %02x", data[i]);
            text += part.data();
        }
        text += "\n      ";
        for (auto i = at; i < end; ++i)
            text += data[i] > 0x20 && data[i] < 0x7F ? std::string("   ") + static_cast<char>(data[i]) : "  \\0";
        text += "\n";
    }
    const auto found = examined(text + "00003e\n");
    EXPECT_EQ(found.input, "hexdump with offsets") << text;
    EXPECT_EQ(found.messages.at(0).fault, "") << text;
}

TEST(PeopleInputKinds, LinesThatEndOrBeginInOtherWays) {
    std::string numbered;
    std::string returns;
    std::string in_log;
    std::string json;
    std::string assembler;
    std::size_t number = 7;
    for (std::size_t at = 0; at < sign_in.size(); at += 32) {
        const auto part = sign_in.substr(at, 32);
        numbered += std::to_string(number++) + ": " + part + "\n";
        returns += part + "\r";
        in_log += "10:20:30.12" + std::to_string(number % 10) + " RX " + part + "\n";
        json += part + "\\r\\n";
        assembler += (at == 0 ? "msg:  db " : "      db ");
        for (std::size_t i = 0; i < part.size(); i += 2)
            assembler += (i == 0 ? "0" : ", 0") + part.substr(i, 2) + "h";
        assembler += "\n";
    }
    for (const auto& text : {numbered, returns, in_log, json, assembler, "\"" + json + "\""}) {
        const auto found = examined(text);
        EXPECT_EQ(found.framing, "2 bytes, binary") << text;
        ASSERT_FALSE(found.messages.empty()) << text;
        EXPECT_EQ(found.messages[0].fault, "") << text;
        EXPECT_EQ(found.messages[0].bytes, message().size()) << text;
    }
}

/// Text whose every byte is a decimal number of two digits could be hex; what fits tells.
TEST(PeopleInputKinds, NumbersThatAreCharactersOfAText) {
    std::string list;
    std::string columns = "0000000";
    for (std::size_t i = 0; i < sale_text.size(); ++i) {
        list += (i == 0 ? "" : ", ") + std::to_string(static_cast<int>(sale_text[i]));
        columns += line_at(i, "\n%07o") + "  " + std::to_string(static_cast<int>(sale_text[i]));
    }
    for (const auto& text : {"byte[] m = new byte[] { " + list + " };", "[" + list + "]",
             R"({"type":"Buffer","data":[)" + list + "]}", "<<" + list + ">>", columns + "\n", "b'" + sale_text + "'",
             "sendto(5, \"" + sale_text + "\", 82, 0, NULL, 0) = 82", R"({"raw":")" + sale_text + R"("})"}) {
        const auto found = examined(text);
        EXPECT_EQ(found.dialect, "iso87-ascii") << text;
        EXPECT_EQ(found.framing, "4 ASCII digits") << text;
        ASSERT_EQ(found.messages.size(), 1U) << text;
        EXPECT_EQ(found.messages[0].fault, "") << text;
    }
}

/// An amount that somebody has filled with blanks: letters stand behind them, and yet they are no column of letters.
TEST(PeopleInputKinds, BlanksInAFieldMakeNoColumns) {
    const std::string front = "02003020000000800000000000";
    const auto found = examined(front + std::string(12, ' ') + "000123TERM0001");
    EXPECT_EQ(found.dialect, "iso87-ascii");
    EXPECT_EQ(found.messages.at(0).fault.substr(0, 34), "field 4: not a decimal digit, byte");
    const auto packed = examined(front + "202020202020" + "000123" + "5445524D30303031");
    EXPECT_EQ(packed.messages.at(0).fields, "3 4 11 41");
    EXPECT_EQ(packed.messages.at(0).fault.find("missing"), std::string::npos);
}

/// What is right in a frame is said of a message with a fault, too, however its bytes are written.
TEST(PeopleInputKinds, AFaultInAFrameThatFitsIsToldInAnyForm) {
    auto wrong = sign_in;
    wrong.replace(wrong.find("0011000000010030"), 16, "0011000000010035"); // a filler that is none
    std::string decimals;
    for (const auto byte : from_hex(wrong).value())
        decimals += (decimals.empty() ? "" : ",") + std::to_string(byte);
    std::string in_angles;
    for (std::size_t i = 0; i < wrong.size(); i += 2)
        in_angles += "<" + wrong.substr(i, 2) + ">";
    for (const auto& text : {wrong, in_angles, "[" + decimals + "]", R"({"type":"Buffer","data":[)" + decimals + "]}",
             wrong.substr(0, 64) + "\n" + wrong.substr(64) + "\n"}) {
        const auto found = examined(text);
        ASSERT_TRUE(found.found) << text;
        EXPECT_EQ(found.framing, "2 bytes, binary") << text;
        EXPECT_NE(found.messages.at(0).fault.find("field 60: wrong padding"), std::string::npos) << text;
    }
}

/// Who asks for short data means it: single digits between any signs, lists of numbers, a line end that was escaped.
TEST(PeopleInputKinds, ShortDataInAnySpelling) {
    const bytes object{0x5F, 0x34, 0x01, 0x01};
    for (const std::string_view text : {"5F:34:1:1", "5F-34-1-1", "5F 34 1 1", "0x5F,0x34,0x1,0x1", "5Fh 34h 1h 1h",
             "\\x5f\\x34\\x1\\x1", "5F.34.1.1", "{0x5f,0x34,1,1}", "[95, 52, 1, 1]", "5f340101\\n", "5F|34|1|1"}) {
        const auto all = readings_of(text).value();
        EXPECT_TRUE(std::any_of(all.begin(), all.end(), [&](const auto& each) { return each.whole == object; }))
            << text;
    }
}

/// Much that is no message costs time in proportion to its size; the deadline of the test is its check.
TEST(PeopleInputKinds, MuchThatIsNothingIsReadOnce) {
    constexpr std::size_t size = 20'000;
    const auto repeated = [](std::string_view piece) {
        std::string made;
        while (made.size() < size)
            made += piece;
        return made;
    };
    for (const std::string_view piece : {"0x", "[", "\"", "\\", "&#", "<", "/*", "0200;x", "> ", "a;", "{({(",
             "\u3000x", "qwertyuiop ", "\\x00\"\n"}) {
        const auto read = readings_of(repeated(piece));
        EXPECT_FALSE(read && examine(*read).found) << piece;
    }
}

/// More tools of the trade: an editor, a debugger, a logic analyser, a browser, languages with marks of their own.
TEST(PeopleInputKinds, WhatOtherToolsWrite) {
    std::string kotlin = "val m = byteArrayOf(";
    std::string numbered = "{";
    std::string quoted = "[";
    std::string analyser = "Time [s],Value\n";
    std::string table = "<tr>";
    std::string boxes = "┌────────┬───────┐\n";
    std::string bars;
    const auto data = message();
    for (std::size_t i = 0; i < data.size(); ++i) {
        const auto digits = to_hex(byte_view(data).subspan(i, 1));
        const std::string comma = i == 0 ? "" : ", ";
        kotlin += comma + "0x" + digits + (data[i] > 127 ? ".toByte()" : "");
        numbered += (i == 0 ? "\"" : ",\"") + std::to_string(i) + "\":" + std::to_string(data[i]);
        quoted += comma + "'0x" + digits + "'";
        analyser += "0." + std::to_string(100 + i) + ",0x" + digits + "\n";
        table += "<td>" + digits + "</td>";
        if (i % 16 == 0) {
            std::array<char, 16> at{};
            std::snprintf(at.data(), at.size(), "%08x", static_cast<unsigned>(i));
            boxes += (i == 0 ? "│" : "\n│") + std::string(at.data()) + "│ ";
            bars += (i == 0 ? "" : "\n") + std::string(at.data()) + "  ";
        }
        boxes += digits + (i % 8 == 7 && i % 16 == 7 ? " ┊ " : " ");
        bars += digits + (i % 16 == 15 ? "" : i % 4 == 3 ? "|" : " ");
    }
    const std::string emacs = "87654321  0011 2233 4455 6677 8899 aabb ccdd eeff  0123456789abcdef\n";
    for (const auto& text : {kotlin + ")", numbered + "}", quoted + "]", analyser, table + "</tr>", boxes + "│\n",
             bars + "\n", emacs + dump("%08x:", " %02x", 16), dump("%04u:", " %02X", 10),
             "msg := " + each_byte("#$%02X") + ";", '"' + each_byte("\\x{%02x}") + '"'}) {
        const auto found = examined(text);
        EXPECT_EQ(found.framing, "2 bytes, binary") << text;
        ASSERT_EQ(found.messages.size(), 1U) << text;
        EXPECT_EQ(found.messages[0].fault, "") << text;
    }
}

/// Few bytes are told as that; digits that are cut behind a length may be characters as well.
TEST(PeopleInputKinds, WhatIsTooShortOrMayBeEither) {
    for (const std::string_view text : {"00056000030000", "0412AC89ABCDEF67"}) {
        const auto found = examined(text);
        EXPECT_FALSE(found.found) << text;
        ASSERT_FALSE(found.notes.empty()) << text;
        EXPECT_NE(found.notes.back().find("expected 10 at the least"), std::string::npos) << found.notes.back();
    }
    const auto cut = examined(sale_text.substr(0, 60));
    ASSERT_FALSE(cut.notes.empty());
    EXPECT_NE(cut.notes.back().find("may be characters: then it is iso87-ascii"), std::string::npos);
}

TEST(PeopleInputKinds, ALengthOfEightDigitsAndTheEditionOf2003) {
    const auto right = examined("000000550800822000000000000004000000000000001129101112000123301");
    EXPECT_EQ(right.framing, "8 ASCII digits");
    const auto later = examined("28040230010000000000112910111200012320261129101112831");
    EXPECT_EQ(later.dialect, "iso93-ascii, as of 2003");
    EXPECT_EQ(later.messages.front().fields, "7 11 12 24");
}

TEST(CardTalk, NamesCommandsAndStatusWords) {
    EXPECT_EQ(card_command(from_hex("00A404000E315041592E5359532E444446303100").value()),
        "SELECT (00A40400), 14 bytes of data at byte 5");
    EXPECT_EQ(
        card_command(from_hex("0020008008241234FFFFFFFFFF").value()), "VERIFY (00200080), 8 bytes of data at byte 5");
    EXPECT_EQ(card_command(from_hex("00B2010C00").value()), "READ RECORD (00B2010C)");
    EXPECT_EQ(card_command(from_hex("00A404000E3150").value()), "");
    EXPECT_EQ(status_word(from_hex("6A82").value()), "file or application not found");
    EXPECT_EQ(status_word(from_hex("63C2").value()), "PIN wrong, tries left: 2");
    EXPECT_EQ(status_word(from_hex("611C").value()), "28 bytes more can be fetched");
    EXPECT_EQ(status_word(from_hex("1234").value()), "");
}

} // namespace people_kinds
} // namespace
} // namespace cipherlane::cli
