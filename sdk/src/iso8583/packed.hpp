#pragma once

#include <cipherlane/core/bytes.hpp>

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

/// Packed digits, as fast as the hot path needs them; the general and checked form is core/bcd.hpp.
namespace cipherlane::iso8583::packed {

inline constexpr std::size_t none = static_cast<std::size_t>(-1);

/// Two characters for each byte, most significant nibble first.
inline constexpr auto pairs = [] {
    constexpr char hex[] = "0123456789ABCDEF";
    std::array<std::array<char, 2>, 256> table{};
    for (std::size_t i = 0; i < table.size(); ++i)
        table[i] = {hex[i >> 4U], hex[i & 15U]};
    return table;
}();

inline constexpr std::uint8_t no_nibble = 0xFF;

using nibble_table = std::array<std::uint8_t, 256>;

/// The nibble that a character becomes, or `no_nibble`.
constexpr nibble_table make_nibbles(std::string_view letters) {
    nibble_table table{};
    table.fill(no_nibble);
    for (std::size_t i = 0; i < 10; ++i)
        table['0' + i] = static_cast<std::uint8_t>(i);
    for (const char c : letters) {
        table[static_cast<unsigned char>(c)] = static_cast<std::uint8_t>(c == '=' ? 13 : c - 'A' + 10);
    }
    return table;
}

inline constexpr auto digit_nibbles = make_nibbles("");
inline constexpr auto track_nibbles = make_nibbles("D=");       ///< with the separator
inline constexpr auto cipher_nibbles = make_nibbles("ABCDEF="); ///< of an encrypted track
inline constexpr auto nibbles = make_nibbles("ABCDEF");
/// Those of a reader that has looked already, or that forgives: small letters too, 0 for what is none.
inline constexpr auto any_case_nibbles = [] {
    auto table = make_nibbles("ABCDEF");
    for (std::size_t i = 0; i < 6; ++i)
        table['a' + i] = static_cast<std::uint8_t>(10 + i);
    for (auto& each : table)
        each = each == no_nibble ? 0 : each;
    return table;
}();

[[nodiscard]] inline char byte_of_hex(const std::uint8_t* two) noexcept {
    return static_cast<char>(any_case_nibbles[two[0]] << 4U | any_case_nibbles[two[1]]);
}

/// Eight bytes, most significant first: written out, since the compiler makes one instruction of it so.
[[nodiscard]] inline std::uint64_t load_be64(const std::uint8_t* at) noexcept {
    return std::uint64_t{at[0]} << 56U | std::uint64_t{at[1]} << 48U | std::uint64_t{at[2]} << 40U |
           std::uint64_t{at[3]} << 32U | std::uint64_t{at[4]} << 24U | std::uint64_t{at[5]} << 16U |
           std::uint64_t{at[6]} << 8U | std::uint64_t{at[7]};
}

/// Bytes whose nibbles are digits or the separator D.
inline constexpr auto track_bytes = [] {
    std::array<bool, 256> table{};
    const auto good = [](std::size_t nibble) { return nibble <= 9 || nibble == 13; };
    for (std::size_t i = 0; i < table.size(); ++i)
        table[i] = good(i >> 4U) && good(i & 15U);
    return table;
}();

/// `count` characters from packed nibbles, skipping the first nibble where `skip` is 1.
inline void unpack(const std::uint8_t* in, std::size_t count, std::size_t skip, char* out) noexcept {
    if (skip != 0 && count != 0) {
        *out++ = pairs[*in++][1];
        --count;
    }
    for (; count >= 2; count -= 2, out += 2)
        std::memcpy(out, pairs[*in++].data(), 2);
    if (count != 0) *out = pairs[*in][0];
}

/// Whether no nibble of `Word` bytes is above 9.
template <class Word>
[[nodiscard]] inline bool all_digits(const std::uint8_t* at) noexcept {
    Word word = 0;
    std::memcpy(&word, at, sizeof word);
    constexpr auto low = static_cast<Word>(0x0F0F0F0F0F0F0F0F);
    constexpr auto six = static_cast<Word>(0x0606060606060606);
    return ((((word & low) + six) | (((word >> 4U) & low) + six)) & static_cast<Word>(~low)) == 0;
}

/// Index of the first byte that holds a nibble above 9, or `none`.
[[nodiscard]] inline std::size_t first_not_digits(byte_view data) noexcept {
    // The last step looks again at some of the bytes in front of it.
    const auto size = data.size();
    std::size_t at = 0;
    if (size >= 8) {
        while (at + 8 <= size && all_digits<std::uint64_t>(data.data() + at))
            at += 8;
        if (at + 8 > size && all_digits<std::uint64_t>(data.data() + size - 8)) return none;
    } else if (size >= 4) {
        if (all_digits<std::uint32_t>(data.data()) && all_digits<std::uint32_t>(data.data() + size - 4)) return none;
    }
    for (; at < size; ++at) {
        if ((data[at] & 0x0FU) > 9 || data[at] > 0x99) return at;
    }
    return none;
}

/// Packs eight digits into four bytes; false if one is no digit.
[[nodiscard]] inline bool pack_eight(const char* in, std::uint8_t* out) noexcept {
    if constexpr (std::endian::native != std::endian::little) return false;
    std::uint64_t word = 0;
    std::memcpy(&word, in, 8);
    word ^= 0x3030303030303030;
    if (((word | (word + 0x0606060606060606)) & 0xF0F0F0F0F0F0F0F0) != 0) return false;
    word = (word << 4U | word >> 8U) & 0x00FF00FF00FF00FF;
    word = (word | word >> 8U) & 0x0000FFFF0000FFFF;
    const auto four = static_cast<std::uint32_t>(word | word >> 16U);
    std::memcpy(out, &four, 4);
    return true;
}

/// The same of four digits.
[[nodiscard]] inline bool pack_four(const char* in, std::uint8_t* out) noexcept {
    if constexpr (std::endian::native != std::endian::little) return false;
    std::uint32_t word = 0;
    std::memcpy(&word, in, 4);
    word ^= 0x30303030;
    if (((word | (word + 0x06060606)) & 0xF0F0F0F0) != 0) return false;
    word = (word << 4U | word >> 8U) & 0x00FF00FF;
    const auto two = static_cast<std::uint16_t>(word | word >> 8U);
    std::memcpy(out, &two, 2);
    return true;
}

/// Packs an even number of digits, four or more; what is left over of a step is packed with what stands in front of
/// it once more. False if one is no digit.
[[nodiscard]] inline bool pack_even(const char* in, std::size_t count, std::uint8_t* out) noexcept {
    if (count < 8) return pack_four(in, out) && (count == 4 || pack_four(in + 2, out + 1));
    std::size_t i = 0;
    for (; i + 8 <= count; i += 8) {
        if (!pack_eight(in + i, out + i / 2)) return false;
    }
    return i == count || pack_eight(in + count - 8, out + count / 2 - 4);
}

/// Packs characters; the odd nibble is `filler`, in front where `left` is 1, else behind.
/// @return index of the first character that `table` does not have, or `none`.
[[nodiscard]] inline std::size_t pack(const char* in, std::size_t count, std::size_t left, std::uint8_t filler,
    const nibble_table& table, std::uint8_t* out) noexcept {
    const auto nibble = [&](std::size_t i) -> unsigned { return table[static_cast<unsigned char>(in[i])]; };
    std::size_t i = 0;
    if (count % 2 != 0 && left != 0) {
        if (nibble(0) == no_nibble) return 0;
        *out++ = static_cast<std::uint8_t>(filler << 4U | nibble(0));
        i = 1;
    }
    while (i + 2 <= count) {
        if (i + 8 <= count && pack_eight(in + i, out)) {
            i += 8;
            out += 4;
            continue;
        }
        const unsigned high = nibble(i);
        const unsigned low = nibble(i + 1);
        if ((high | low) > 15) return high == no_nibble ? i : i + 1;
        *out++ = static_cast<std::uint8_t>(high << 4U | low);
        i += 2;
    }
    if (i < count) {
        if (nibble(i) == no_nibble) return i;
        *out = static_cast<std::uint8_t>(nibble(i) << 4U | filler);
    }
    return none;
}

/// As `pack` with the table of digits, in fewer steps where all are digits.
[[nodiscard]] inline std::size_t pack_digits(
    const char* in, std::size_t count, std::size_t left, std::uint8_t filler, std::uint8_t* out) noexcept {
    const std::size_t odd = count % 2;
    const std::size_t even = count - odd;
    const std::size_t front = odd & left;
    const auto is_digit = [](char c) { return static_cast<unsigned char>(c - '0') <= 9; };
    if (even < 4 || !pack_even(in + front, even, out + front))
        return pack(in, count, left, filler, digit_nibbles, out);
    if (odd == 0) return none;
    const std::size_t at = front != 0 ? 0 : even;
    if (!is_digit(in[at])) return at;
    const auto digit = static_cast<unsigned>(in[at] - '0');
    if (front != 0) {
        out[0] = static_cast<std::uint8_t>(filler << 4U | digit);
    } else {
        out[even / 2] = static_cast<std::uint8_t>(digit << 4U | filler);
    }
    return none;
}

} // namespace cipherlane::iso8583::packed
