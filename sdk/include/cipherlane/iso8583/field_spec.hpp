#pragma once

#include <cstdint>
#include <string_view>

namespace cipherlane::iso8583 {

struct composite_spec;

/// What a field's value is made of; the letters are those of ISO 8583.
enum class kind : std::uint8_t {
    none,          ///< the dialect does not have the field
    digits,        ///< n: '0' to '9'
    signed_digits, ///< x+n: 'C' or 'D', then digits
    track,         ///< z: digits and the separator 'D' (or '=' in character dialects); all hex where encrypted
    alnum,         ///< an: letters, digits, space
    text,          ///< ans: printable ASCII
    gbk,           ///< ans with Chinese: any bytes, meant as GBK (GB 18030 without its 4-byte forms)
    binary,        ///< b: any bytes
};

/// How the value is put into bytes.
enum class encoding : std::uint8_t {
    bcd,    ///< two digits a byte; tracks use nibble D for the separator
    ascii,  ///< one character a byte
    ebcdic, ///< one character a byte, code page 037 (letters, digits and the punctuation of ISO 8583 fields)
    binary, ///< as it is
    hex,    ///< two upper-case hex characters a byte
};

/// How many decimal digits of length stand in front; `fixed` has none.
enum class length_form : std::uint8_t { fixed = 0, l = 1, ll = 2, lll = 3, llll = 4, lllll = 5, llllll = 6 };

/// How the length itself is written. `binary` takes one byte for l and ll, two for lll and llll, three for more.
enum class length_encoding : std::uint8_t { bcd, ascii, ebcdic, binary };

/// What the length in front of a field counts.
enum class length_counts : std::uint8_t {
    value, ///< digits, characters or bytes of the value
    wire,  ///< bytes as they are sent: hex characters of a hex field, bytes of packed digits
};

/// What fills a value: the odd nibble of BCD, or the rest of a fixed text. Checked on the way in, too.
enum class padding : std::uint8_t { none, left_zero, right_zero, right_f, right_space };

/// How much of the value may be printed.
enum class mask : std::uint8_t {
    none,
    pan,    ///< first six and last four digits
    secret, ///< its length only: tracks, PIN blocks, keys, whatever may hold card data
    tlv,    ///< BER-TLV: tags and lengths; values of card data tags by their length only
};

/// The longest value any field may have.
inline constexpr std::uint16_t max_field_units = 65535;

/// One field of a dialect: independent properties and a name.
///
/// `min` and `max` count digits, characters or bytes of the value, not of the wire.
struct field_spec {
    std::uint8_t number = 0;
    iso8583::kind kind = kind::none;
    iso8583::encoding encoding = encoding::ascii;
    length_form length = length_form::fixed;
    length_encoding prefix = length_encoding::ascii;
    std::uint16_t min = 0; ///< for a fixed field equal to `max`
    std::uint16_t max = 0;
    iso8583::padding padding = padding::none;
    iso8583::mask mask = mask::none;
    std::string_view name{};
    const composite_spec* inside = nullptr; ///< the structure of the value, where it is known; see composite.hpp
    length_counts counts = length_counts::value;

    [[nodiscard]] constexpr bool present() const noexcept { return kind != kind::none; }
    [[nodiscard]] constexpr bool packed() const noexcept { return encoding == encoding::bcd; }
    /// Bytes of the length prefix.
    [[nodiscard]] constexpr std::size_t prefix_bytes() const noexcept {
        const auto count = static_cast<std::size_t>(length);
        switch (prefix) {
        case length_encoding::bcd: return (count + 1) / 2;
        case length_encoding::binary: return (count + 1) / 2;
        default: return count;
        }
    }
    /// The number in front of a value of `units` digits, characters or bytes.
    [[nodiscard]] constexpr std::size_t counted(std::size_t units) const noexcept {
        return counts == length_counts::wire ? wire_bytes(units) : units;
    }
    /// Bytes of a value of `units` digits, characters or bytes, without the prefix.
    [[nodiscard]] constexpr std::size_t wire_bytes(std::size_t units) const noexcept {
        if (encoding == encoding::hex) return units * 2;
        if (encoding != encoding::bcd) return units;
        // The sign of x+n is a character of its own before the packed digits.
        return kind == kind::signed_digits ? units / 2 + 1 : (units + 1) / 2;
    }
};

/// The first property that does not go together with the others, by its name ("max"); null where all do.
[[nodiscard]] constexpr const char* fault_in(const field_spec& spec) noexcept {
    if (spec.kind == kind::none) return spec.number == 0 ? nullptr : "kind";
    if (spec.number < 2 || spec.number > 192) return "number";
    if (spec.name.empty()) return "name";
    if (spec.max == 0) return "max";
    const bool fixed = spec.length == length_form::fixed;
    if (spec.min > spec.max || (fixed && spec.min != spec.max)) return "min";
    // The prefix must be able to say the greatest length.
    constexpr unsigned most[] = {0xFFFF, 9, 99, 999, 9999, 99999, 999999};
    unsigned limit = most[static_cast<std::size_t>(spec.length)];
    if (spec.prefix == length_encoding::binary && !fixed) limit = spec.prefix_bytes() == 1 ? 0xFF : 0xFFFF;
    if (spec.counted(spec.max) > limit) return "max";
    if (spec.counts == length_counts::wire && (fixed || (spec.encoding != encoding::hex && !spec.packed()))) {
        return "counts";
    }
    const bool digits = spec.kind == kind::digits || spec.kind == kind::track || spec.kind == kind::signed_digits;
    const bool raw = spec.encoding == encoding::binary || spec.encoding == encoding::hex;
    if (spec.packed() && !digits) return "encoding";
    if ((spec.kind == kind::binary) != raw) return "encoding";
    if (spec.kind == kind::gbk && spec.encoding != encoding::ascii) return "encoding";
    if (spec.kind == kind::signed_digits && !fixed) return "length";
    if (spec.kind == kind::signed_digits && spec.max < 2) return "max";
    if (spec.kind == kind::signed_digits && spec.packed() && spec.max % 2 == 0) return "max";
    const bool nibble_pad =
        spec.padding == padding::left_zero || spec.padding == padding::right_zero || spec.padding == padding::right_f;
    if (nibble_pad && !spec.packed()) return "padding";
    // An odd count of packed digits needs a rule for the nibble that is left.
    const bool can_be_odd = !fixed || spec.max % 2 != 0;
    if (spec.packed() && spec.kind != kind::signed_digits && can_be_odd && !nibble_pad) return "padding";
    if (spec.padding == padding::right_space && (digits || spec.kind == kind::binary || !fixed)) return "padding";
    return nullptr;
}

/// True if the properties go together: what `valid(dialect)` asks of each field.
[[nodiscard]] constexpr bool valid(const field_spec& spec) noexcept {
    return fault_in(spec) == nullptr;
}

} // namespace cipherlane::iso8583
