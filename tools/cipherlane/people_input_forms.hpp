#pragma once

#include "cipherlane/people_input.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cipherlane::cli {

/// The lines of a text, without their ends.
[[nodiscard]] std::vector<std::string_view> lines_of(std::string_view text);

/// The text without what its way here has put into it: UTF-16 of a Windows shell, a byte order mark, tags of HTML,
/// colours of a terminal, blanks and quotation marks of a word processor, punctuation of full width, "> " of a mail.
[[nodiscard]] std::string cleaned(std::string_view text);

/// The bytes of a file: without what editors put around them, as they are, and as they were before a transfer took
/// them for text; the likeliest first.
[[nodiscard]] std::vector<input_reading> read_raw(std::string_view given);

/// An array of numbers or a string with escapes, as source code, debuggers and strace write bytes; several arrays
/// are several parts. Nothing where there is none.
[[nodiscard]] std::optional<input_reading> read_source(std::string_view text);

/// The same of lists so short that they may be anything else of a log, too.
[[nodiscard]] std::optional<input_reading> read_short_source(std::string_view text);

/// The same where each number has two digits, so that they could be hex: the characters of a text.
[[nodiscard]] std::optional<input_reading> read_source_of_characters(std::string_view text);

/// The strings of a text that are long enough for a message and have no escape; several are parts.
[[nodiscard]] std::optional<input_reading> read_quoted(std::string_view text);

/// Lines of a log: the longest run of hex in each, in one piece or with the same sign between its bytes. Dates and
/// times of day are none. Where a line has several long pieces the first reading has all of them. Where numbers stand
/// beside one long piece, "RX 81 60000300…", there is a second reading without them: they are the log's own, unless
/// they are its length. Where a short line stands under a long one there is one of all lines as one message.
[[nodiscard]] std::vector<input_reading> read_log(std::string_view text);

/// Lines of a log where the message is text itself: from its type and a bitmap of hex digits to the end of the line,
/// without blanks.
[[nodiscard]] std::optional<input_reading> read_log_of_text(std::string_view text);

/// One byte a line, the last thing in it: "0.100200,0x60", as logic analysers write them below a head.
[[nodiscard]] std::optional<input_reading> read_byte_a_line(std::string_view text);

/// Bytes with letters beside them and without offsets: "60 00 03  `..".
[[nodiscard]] std::optional<input_reading> read_columns(std::string_view text);

/// Numbers that are not hex: "[0 60 96]", od in octal, decimal or letters, xxd -b. Nothing where they can be hex.
[[nodiscard]] std::optional<input_reading> read_numbers(std::string_view text);

/// The same where each decimal number has two digits, so that it could be hex: the characters of a text.
[[nodiscard]] std::optional<input_reading> read_numbers_of_characters(std::string_view text);

/// A text in which what cannot be printed is escaped as in addresses of the web, in mails or in HTML.
[[nodiscard]] std::optional<input_reading> read_encoded(std::string_view text);

/// The same in the log of a terminal program: "<02>0800<03>", "[STX]0800[ETX]"; what stands in front of it on a line
/// is left out, and each line that has such a mark is a part.
[[nodiscard]] std::optional<input_reading> read_terminal(std::string_view text);

/// Intel HEX, Motorola's S-records, uuencode. Records in any order are put in that of their addresses. `note` tells
/// with the line: a sum that is wrong, a hole, bytes that are said twice, several files.
[[nodiscard]] std::optional<input_reading> read_records(std::string_view text);

/// A text of base64 alone, with blanks and line ends between; nothing where it has less letters than `least`, since
/// short words are base64, too.
[[nodiscard]] std::optional<input_reading> read_base64(std::string_view text, std::size_t least = 12);

/// The base64 among other signs: in JSON, in a log, broken into lines. Several values are parts. Where lines may or
/// may not belong together there are several readings, the one that joins most first.
[[nodiscard]] std::vector<input_reading> read_base64_inside(std::string_view text);

/// What the TCP connections of a capture file carried. Nothing where it is no capture, or they carried nothing.
[[nodiscard]] std::optional<input_reading> read_capture(std::string_view file);

/// A hexdump with offsets; `parts` are the dumps whose offsets begin anew. Where offsets leap, what is behind the gap
/// is left out and `note` says so. Nothing where it is none.
[[nodiscard]] std::optional<input_reading> read_dump(std::string_view text);

/// The same where its groups are words written otherwise than usual: with their least significant byte last by xxd
/// -e, first by "od --endian=big". Nothing where a dump has no such groups.
[[nodiscard]] std::optional<input_reading> read_dump_of_words(std::string_view text);

} // namespace cipherlane::cli
