#pragma once

#include <cipherlane/iso8583/field_spec.hpp>

#include <array>
#include <cstdint>

namespace cipherlane::iso8583::charset {

/// EBCDIC code page 037 for the printable ASCII characters, from space on.
inline constexpr std::array<std::uint8_t, 95> ebcdic_of_printable{
    0x40,
    0x5A,
    0x7F,
    0x7B,
    0x5B,
    0x6C,
    0x50,
    0x7D,
    0x4D,
    0x5D,
    0x5C,
    0x4E,
    0x6B,
    0x60,
    0x4B,
    0x61,
    0xF0,
    0xF1,
    0xF2,
    0xF3,
    0xF4,
    0xF5,
    0xF6,
    0xF7,
    0xF8,
    0xF9,
    0x7A,
    0x5E,
    0x4C,
    0x7E,
    0x6E,
    0x6F,
    0x7C,
    0xC1,
    0xC2,
    0xC3,
    0xC4,
    0xC5,
    0xC6,
    0xC7,
    0xC8,
    0xC9,
    0xD1,
    0xD2,
    0xD3,
    0xD4,
    0xD5,
    0xD6,
    0xD7,
    0xD8,
    0xD9,
    0xE2,
    0xE3,
    0xE4,
    0xE5,
    0xE6,
    0xE7,
    0xE8,
    0xE9,
    0xBA,
    0xE0,
    0xBB,
    0xB0,
    0x6D,
    0x79,
    0x81,
    0x82,
    0x83,
    0x84,
    0x85,
    0x86,
    0x87,
    0x88,
    0x89,
    0x91,
    0x92,
    0x93,
    0x94,
    0x95,
    0x96,
    0x97,
    0x98,
    0x99,
    0xA2,
    0xA3,
    0xA4,
    0xA5,
    0xA6,
    0xA7,
    0xA8,
    0xA9,
    0xC0,
    0x4F,
    0xD0,
    0xA1,
};

inline constexpr auto ascii_of_ebcdic = [] {
    std::array<char, 256> table{};
    for (std::size_t i = 0; i < ebcdic_of_printable.size(); ++i) {
        table[ebcdic_of_printable[i]] = static_cast<char>(' ' + i);
    }
    return table;
}();

/// One character of the wire as ASCII; 0 where EBCDIC has none that ISO 8583 uses.
[[nodiscard]] constexpr char from_wire(std::uint8_t byte, bool ebcdic) noexcept {
    return ebcdic ? ascii_of_ebcdic[byte] : static_cast<char>(byte);
}

/// A printable ASCII character for the wire.
[[nodiscard]] constexpr std::uint8_t to_wire(char c, bool ebcdic) noexcept {
    return ebcdic ? ebcdic_of_printable[static_cast<std::size_t>(c - ' ')] : static_cast<std::uint8_t>(c);
}

namespace classes {
inline constexpr std::uint8_t digit = 1;
inline constexpr std::uint8_t track = 2; // digits and a separator
inline constexpr std::uint8_t hex = 4;   // of an encrypted track
inline constexpr std::uint8_t alnum = 8; // with space
inline constexpr std::uint8_t printable = 16;
inline constexpr std::uint8_t any = 32;
} // namespace classes

inline constexpr auto class_of = [] {
    std::array<std::uint8_t, 256> table{};
    for (unsigned c = 0; c < 256; ++c) {
        unsigned bits = classes::any;
        const bool digit = c >= '0' && c <= '9';
        const bool upper = c >= 'A' && c <= 'Z';
        const bool lower = c >= 'a' && c <= 'z';
        if (digit) bits |= classes::digit;
        if (digit || c == 'D' || c == '=') bits |= classes::track;
        if (digit || (c >= 'A' && c <= 'F') || c == '=') bits |= classes::hex;
        if (digit || upper || lower || c == ' ') bits |= classes::alnum;
        if (c >= 0x20 && c <= 0x7E) bits |= classes::printable;
        table[c] = static_cast<std::uint8_t>(bits);
    }
    return table;
}();

/// The class that every character of a value of this kind belongs to.
[[nodiscard]] constexpr std::uint8_t class_for(kind what) noexcept {
    switch (what) {
    case kind::digits: return classes::digit;
    case kind::track: return classes::hex; // whether it is encrypted is known only at the end of the message
    case kind::alnum: return classes::alnum;
    case kind::signed_digits:
    case kind::text: return classes::printable;
    default: return classes::any;
    }
}

[[nodiscard]] constexpr bool is(char c, std::uint8_t wanted) noexcept {
    return (class_of[static_cast<unsigned char>(c)] & wanted) != 0;
}

} // namespace cipherlane::iso8583::charset
