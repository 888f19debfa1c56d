#pragma once

#include "dialect_builder.hpp"

#include <cipherlane/core/strict_toml.hpp>
#include <cipherlane/iso8583/dialect.hpp>

#include <cstddef>
#include <string>

/// What a dialect's file calls each property of a field.
namespace cipherlane::iso8583::words {

inline constexpr toml_word<kind> kinds[] = {
    {"digits", kind::digits},
    {"signed-digits", kind::signed_digits},
    {"track", kind::track},
    {"alnum", kind::alnum},
    {"text", kind::text},
    {"gbk", kind::gbk},
    {"binary", kind::binary},
};
inline constexpr toml_word<encoding> encodings[] = {
    {"bcd", encoding::bcd},
    {"ascii", encoding::ascii},
    {"ebcdic", encoding::ebcdic},
    {"binary", encoding::binary},
    {"hex", encoding::hex},
};
inline constexpr toml_word<length_form> length_forms[] = {
    {"fixed", length_form::fixed},
    {"l", length_form::l},
    {"ll", length_form::ll},
    {"lll", length_form::lll},
    {"llll", length_form::llll},
    {"lllll", length_form::lllll},
    {"llllll", length_form::llllll},
};
inline constexpr toml_word<length_encoding> prefixes[] = {
    {"bcd", length_encoding::bcd},
    {"ascii", length_encoding::ascii},
    {"ebcdic", length_encoding::ebcdic},
    {"binary", length_encoding::binary},
};
inline constexpr toml_word<padding> paddings[] = {
    {"none", padding::none},
    {"left-zero", padding::left_zero},
    {"right-zero", padding::right_zero},
    {"right-f", padding::right_f},
    {"right-space", padding::right_space},
};
inline constexpr toml_word<mask> masks[] = {
    {"none", mask::none},
    {"pan", mask::pan},
    {"secret", mask::secret},
    {"tlv", mask::tlv},
};
inline constexpr toml_word<length_counts> counts_words[] = {
    {"value", length_counts::value},
    {"wire", length_counts::wire},
};
inline constexpr toml_word<composite_style> styles[] = {
    {"positional", composite_style::positional},
    {"tagged", composite_style::tagged},
    {"ber-tlv", composite_style::ber_tlv},
    {"bitmap", composite_style::bitmap},
};
inline constexpr toml_word<encoding> bitmap_forms[] = {
    {"binary", encoding::binary},
    {"hex", encoding::hex},
};
inline constexpr toml_word<bitmap_goes_on> goes_on_words[] = {
    {"no", bitmap_goes_on::no},
    {"yes", bitmap_goes_on::yes},
};
inline constexpr toml_word<unknown_tags> unknowns[] = {
    {"keep", unknown_tags::keep},
    {"refuse", unknown_tags::refuse},
};

/// The word of a value; "none" for one that has none.
template <class Value, std::size_t N>
std::string word_of(const toml_word<Value> (&words)[N], Value value) {
    for (const auto& each : words) {
        if (each.second == value) return std::string(each.first);
    }
    return "none";
}

} // namespace cipherlane::iso8583::words
