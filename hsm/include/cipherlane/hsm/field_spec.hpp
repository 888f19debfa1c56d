#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/hsm/field_name.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace cipherlane::hsm {

/// What stands in a field and how its value goes on the wire.
enum class field_kind : std::uint8_t {
    literal, ///< fixed characters (a separator); never in a `field_set`
    digits,  ///< decimal digits; value is text
    text,    ///< printable characters; value is text
    hex,     ///< hex digits on the wire; value is bytes
    binary,  ///< bytes on the wire; value is bytes
    key,     ///< a key by the profile's scheme tags, or raw bytes where a length counts it; value is text
    length,  ///< a number: how long another field is (computed when encoding), or its own; value is decimal text
    group,   ///< the next `children` items, present by `presence`
};

/// How the end of a field is found.
enum class length_rule : std::uint8_t {
    fixed,    ///< exactly `least` units
    range,    ///< `least` to `most` units; decoding takes as many fitting characters as come
    rest,     ///< all that is left
    prefixed, ///< a number in front, written as `prefix`
    counted,  ///< by the last `length` item that counts `counts`
    self,     ///< a key's scheme tag, a key-block header, or the head of a DER value says it
    ended,    ///< by the byte `stop`, which is no part of it, or by the end of the message
};

/// How a length is written.
enum class number_form : std::uint8_t {
    none,
    byte,        ///< one byte
    word,        ///< two bytes, by the profile's `byte_order`
    decimal,     ///< `prefix_width` decimal digits
    hexadecimal, ///< `prefix_width` hex digits
    ksn          ///< three hex digits: the parts of a key serial number, whose sum and 5 is its length
};

/// When a group is there.
enum class presence : std::uint8_t {
    given,   ///< encoding: when any of its fields was set; decoding: when its first literal, or anything, comes next
    equal,   ///< when `subject` is one of `values`
    unequal, ///< when `subject` is none of `values`
    at_least ///< when `subject` as a number is not below `values[0]`
};

/// One of the fields that decide which of two sizes another has, worked out when the profile is loaded.
struct size_link {
    field_name name;
    std::int16_t own = -1;     ///< its place in the same layout; -1: it is elsewhere
    std::int16_t request = -1; ///< of an answer: its place in the request; -1: it is not there
    bool is_key = false;
    bytes wide; ///< of a PIN format: the code that asks for the other size; empty: none does
};

/// The longest layout, groups and separators counted.
inline constexpr std::size_t most_items = 128;

/// One item of a request's or answer's layout. Lengths are in units of the wire: characters or bytes.
struct field_spec {
    field_kind kind = field_kind::text;
    length_rule rule = length_rule::fixed;
    std::string label; ///< the name in words; the characters of a literal
    field_name name;
    std::uint16_t least = 0;
    std::uint16_t most = 0;
    number_form prefix = number_form::none; ///< for `prefixed` fields and `length` items
    std::uint8_t prefix_width = 0;
    std::uint8_t unit = 1; ///< a length counts this many wire units as one (2: bytes of a hex field, 8: DES keys)
    field_name counts;     ///< of a `length` item: the field it counts
    bytes preset;          ///< the value when none was set, in the form of a `field_set`
    bool has_preset = false;
    std::string domain; ///< names the profile's code table for the value; empty: none
    presence when = presence::given;
    field_name subject;
    std::vector<bytes> values;
    std::uint8_t stop = 0;      ///< the byte that ends an `ended` field
    std::uint16_t children = 0; ///< of a group: how many of the following items it spans, nested ones included
    /// Of a `fixed` field: its other size, where `sized_by` asks for it; 0: it has one size.
    std::uint16_t wide = 0;
    /// Keys, whose cipher may have blocks of 16 bytes, and PIN formats: ISO 4 of hex fields, PLUS of digits.
    std::vector<field_name> sized_by;
    std::vector<size_link> sizes; ///< `sized_by`, looked up
    std::int16_t place = -1;      ///< in the same layout, of what `subject` or `counts` names; -1: not there
    bool takes_serial = false;    ///< of a key: also '*' or '~', a BDK, the descriptor of a serial number, and that
};

using layout = std::vector<field_spec>;

} // namespace cipherlane::hsm
