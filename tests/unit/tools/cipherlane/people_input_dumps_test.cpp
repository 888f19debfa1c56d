// Bytes as editors, od, hexdump and other tools write them; what lies between their lines.
#include "cipherlane/card_talk.hpp"
#include "cipherlane/iso8583_doctor.hpp"
#include "cipherlane/iso8583_messages.hpp"
#include "cipherlane/people_input.hpp"
#include "people_input_samples.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/iso8583/cup_pos.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdio>

namespace cipherlane::cli {
namespace {
namespace people_dumps {

using namespace people_samples;

/// A sale in characters behind a length in characters, as hosts of other countries send it.
const std::string sale_text = "00780200323804000080800000000000000000123411301015200001231015201130051TERM0001156";

std::string as_chars(const bytes& data) {
    return {as_text(data).begin(), as_text(data).end()};
}

/// What editors and transfers make of a file of bytes.
TEST(PeopleInputDumps, AFileOfBytesWithWhatEditorsPutAroundIt) {
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

TEST(PeopleInputDumps, BytesThatWereTakenForText) {
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

TEST(PeopleInputDumps, WordsOfOdInEitherOrder) {
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

TEST(PeopleInputDumps, ShortDumpsWithOffsetsOfAnyBase) {
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
TEST(PeopleInputDumps, NumbersOfOdAndHexdump) {
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
TEST(PeopleInputDumps, SeveralMessagesInOneText) {
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
TEST(PeopleInputDumps, ADumpWithLettersUnderItsBytes) {
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

TEST(PeopleInputDumps, LinesThatEndOrBeginInOtherWays) {
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
TEST(PeopleInputDumps, NumbersThatAreCharactersOfAText) {
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
TEST(PeopleInputDumps, BlanksInAFieldMakeNoColumns) {
    const std::string front = "02003020000000800000000000";
    const auto found = examined(front + std::string(12, ' ') + "000123TERM0001");
    EXPECT_EQ(found.dialect, "iso87-ascii");
    EXPECT_EQ(found.messages.at(0).fault.substr(0, 34), "field 4: not a decimal digit, byte");
    const auto packed = examined(front + "202020202020" + "000123" + "5445524D30303031");
    EXPECT_EQ(packed.messages.at(0).fields, "3 4 11 41");
    EXPECT_EQ(packed.messages.at(0).fault.find("missing"), std::string::npos);
}

/// What is right in a frame is said of a message with a fault, too, however its bytes are written.
TEST(PeopleInputDumps, AFaultInAFrameThatFitsIsToldInAnyForm) {
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
TEST(PeopleInputDumps, ShortDataInAnySpelling) {
    const bytes object{0x5F, 0x34, 0x01, 0x01};
    for (const std::string_view text : {"5F:34:1:1", "5F-34-1-1", "5F 34 1 1", "0x5F,0x34,0x1,0x1", "5Fh 34h 1h 1h",
             "\\x5f\\x34\\x1\\x1", "5F.34.1.1", "{0x5f,0x34,1,1}", "[95, 52, 1, 1]", "5f340101\\n", "5F|34|1|1"}) {
        const auto all = readings_of(text).value();
        EXPECT_TRUE(std::any_of(all.begin(), all.end(), [&](const auto& each) { return each.whole == object; }))
            << text;
    }
}

/// Much that is no message costs time in proportion to its size; the deadline of the test is its check.
TEST(PeopleInputDumps, MuchThatIsNothingIsReadOnce) {
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
TEST(PeopleInputDumps, WhatOtherToolsWrite) {
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
TEST(PeopleInputDumps, WhatIsTooShortOrMayBeEither) {
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

TEST(PeopleInputDumps, ALengthOfEightDigitsAndTheEditionOf2003) {
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

} // namespace people_dumps
} // namespace
} // namespace cipherlane::cli
