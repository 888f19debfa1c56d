#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cipherlane::cli {

/// The forms in which people have messages.
enum class input_form : std::uint8_t {
    automatic,
    hex,  ///< with or without blanks, colons, dashes, "0x", "\x"
    dump, ///< a hexdump with offsets, and perhaps letters: xxd, hexdump -C, od, tcpdump, Wireshark
    base64,
    text, ///< the bytes of the text itself
    raw,
    log,     ///< the longest run of hex in each line of something else
    source,  ///< an array or a string as a program has it
    columns, ///< bytes and letters beside each other, without offsets
    numbers, ///< decimal, octal or binary numbers, perhaps behind offsets: od, xxd -b, Go, Erlang
    encoded, ///< text with escapes of the web, a mail or a terminal: "%3C", "=3C", "&#60;", "<02>", "<STX>"
    capture, ///< a file of Wireshark or tcpdump (pcap, pcapng): what TCP carried; a part for each change of speaker
    records, ///< Intel HEX, Motorola S-records, uuencode; a part for each run of addresses without a hole
};

[[nodiscard]] std::string_view to_string(input_form form) noexcept;

/// One way to read what was given.
struct input_reading {
    input_form form;
    bytes whole;              ///< everything as one
    std::vector<bytes> parts; ///< line by line, or dump by dump, where there are several; else empty
    bool half_a_byte = false; ///< hex with a digit too few: the last one is left out, and `note` says so
    std::string note;         ///< what a person must know of it: bytes that are not there
    bool damaged = false;     ///< the note tells a fault of the input: what is read is not what was written
    bool leaves_out = false;  ///< blanks or line ends, of what may have been a message with them
    bool proven = false;      ///< its own sums are right: there is no other way to read it
    std::string without{};    ///< in words, what of a file is no part of its message: the line end of an editor
};

/// What an argument stands for: the content of a file of that name, of standard input for "-" or nothing, else
/// itself.
/// @return `core_errc::no_file` where a file cannot be read, or the name of one seems meant and there is none;
/// `file_kind` for a folder.
[[nodiscard]] result<std::string> take_input(std::string_view argument);

/// All ways to read it, the likeliest first; at least one, unless a form is asked for that it does not have.
/// @return `core_errc::not_hex`, `odd_length`, or what else hinders the form that was asked for.
[[nodiscard]] result<std::vector<input_reading>> readings_of(
    std::string_view given, input_form wanted = input_form::automatic);

/// Where the payload begins if this is a captured TCP packet over IPv4 or IPv6, with or without its link layer; else
/// 0.
[[nodiscard]] std::size_t packet_payload(byte_view data) noexcept;

} // namespace cipherlane::cli
