#pragma once

#include <cipherlane/iso8583/field_set.hpp>
#include <cipherlane/iso8583/field_spec.hpp>
#include <cipherlane/iso8583/frame_length.hpp>
#include <cipherlane/iso8583/header_piece.hpp>

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace cipherlane::iso8583 {

/// Whether a dial-monitor header (33 bytes, "LRI" first) may stand between TPDU and header.
enum class monitor_header : std::uint8_t { none, optional_lri };

inline constexpr std::size_t tpdu_bytes = 5;
/// The most bytes of a plain header of packed digits; a longer one is a piece.
inline constexpr std::size_t max_header_bytes = 12;
inline constexpr std::size_t lri_bytes = 33;
/// The most bytes behind a message that belong to its frame.
inline constexpr std::size_t max_trailer_bytes = 16;

/// What stands around the message proper, from front to back: length, TPDU, dial-monitor header, header, message,
/// trailer. The header is plain digits or `pieces`, never both.
struct envelope_spec {
    frame_length length = frame_length::none;
    std::uint8_t tpdu = 0;       ///< bytes of TPDU: 0 or 5
    std::uint8_t tpdu_id = 0x60; ///< its first byte
    std::uint8_t header = 0;     ///< bytes of header: packed digits, 0 to 12
    monitor_header monitor = monitor_header::none;
    std::span<const header_piece> pieces{};
    std::uint8_t trailer = 0;      ///< bytes behind the message
    std::string_view trailer_is{}; ///< these bytes; empty: any, kept as they come
};

/// A message format as a table. Immutable; everything that a view points at must outlive its users.
///
/// Make one with `make_dialect` at compile time and `static_assert(valid(table))`, or at run time with
/// `loaded_dialect` (dialect_file.hpp), which makes the same checks.
struct dialect {
    std::string_view name;
    envelope_spec envelope{};
    encoding mti = encoding::ascii; ///< bcd, ascii or ebcdic
    char mti_version = '0';         ///< first digit of every message type: '0' for 1987, '1' for 1993
    /// binary (8 bytes a half), hex (16 characters a half) or ebcdic (the same characters in code page 037)
    encoding bitmap = encoding::hex;
    /// 1: fields 2 to 64; 2: to 128, bit 1 says that the second bitmap follows; 3: to 192, bit 65 says that the third
    /// one follows the second.
    std::uint8_t bitmaps = 2;
    std::uint8_t bitmaps_sent = 1; ///< `encode` writes so many at least, empty or not
    field_set mac_fields{};        ///< the MAC: the last field of a message, over all before it; of 64, 128 and 192
    /// Field whose third digit '1' says that tracks are encrypted and may hold any hex digit; 0: never.
    std::uint8_t track_encryption_field = 0;
    std::array<field_spec, max_field + 1> fields{}; ///< by number

    field_set known{}; ///< the fields that have a row; `make_dialect` fills it

    [[nodiscard]] constexpr const field_spec& field(int number) const noexcept {
        return fields[static_cast<std::size_t>(number)];
    }
    /// Bytes that each bitmap has on the wire.
    [[nodiscard]] constexpr std::size_t bitmap_bytes() const noexcept { return bitmap == encoding::binary ? 8 : 16; }
    [[nodiscard]] constexpr bool has(int number) const noexcept {
        return number >= 2 && number <= max_field && known.contains(number);
    }
};

/// `base` with the fields of `rows` put in their places. A number given twice makes the result invalid.
[[nodiscard]] constexpr dialect make_dialect(dialect base, std::span<const field_spec> rows) noexcept {
    for (const auto& row : rows) {
        auto& place = base.fields[row.number <= max_field ? row.number : 0];
        if (place.present()) base.name = {}; // a second row for the same field
        place = row;
    }
    base.known = {};
    for (int number = 1; number <= max_field; ++number) {
        if (base.field(number).present()) base.known.insert(number);
    }
    return base;
}

/// True if the envelope fits together.
[[nodiscard]] constexpr bool valid(const envelope_spec& outer) noexcept {
    if (outer.tpdu != 0 && outer.tpdu != tpdu_bytes) return false;
    if (outer.header > max_header_bytes || (outer.header != 0 && !outer.pieces.empty())) return false;
    // What tells the dial-monitor header is that the digits behind it cannot begin as it does.
    if (outer.monitor != monitor_header::none && outer.header == 0 && outer.pieces.empty()) return false;
    for (const auto& piece : outer.pieces) {
        if (!valid(piece)) return false;
    }
    if (outer.trailer > max_trailer_bytes) return false;
    if (!outer.trailer_is.empty() && outer.trailer_is.size() != outer.trailer) return false;
    return valid(outer.length);
}

/// The first field whose row contradicts itself or the dialect; 0: the dialect as a whole; -1: none.
[[nodiscard]] constexpr int first_fault(const dialect& table) noexcept {
    if (table.name.empty() || table.fields[0].present() || table.fields[1].present()) return 0;
    if (!valid(table.envelope)) return 0;
    if (table.mti == encoding::binary || table.mti == encoding::hex) return 0;
    if (table.bitmap == encoding::bcd || table.bitmap == encoding::ascii) return 0;
    if (table.bitmaps < 1 || table.bitmaps > max_bitmaps) return 0;
    if (table.bitmaps_sent < 1 || table.bitmaps_sent > table.bitmaps) return 0;
    if (table.mti_version < '0' || table.mti_version > '9') return 0;
    bool any = false;
    for (int number = 2; number <= max_field; ++number) {
        const auto& spec = table.field(number);
        if (!valid(spec)) return number;
        if (spec.present() && (spec.number != number || number > table.bitmaps * 64)) return number;
        // Bit 65 would announce a third bitmap.
        if (spec.present() && number == 65) return number;
        if (spec.present() != table.known.contains(number)) return number;
        any = any || spec.present();
    }
    if (!any) return 0;
    for (const int number : table.mac_fields) {
        if (number % 64 != 0) return number;
        const auto& spec = table.field(number);
        if (spec.kind != kind::binary || spec.length != length_form::fixed || spec.max != 8) return number;
    }
    if (const int number = table.track_encryption_field; number != 0) {
        const auto& spec = table.field(number);
        if (spec.kind != kind::digits || spec.length != length_form::fixed || spec.max < 3 || spec.max > 99) {
            return number;
        }
    }
    return -1;
}

/// True if every row is valid, in its place, and the whole fits together.
[[nodiscard]] constexpr bool valid(const dialect& table) noexcept {
    return first_fault(table) < 0;
}

} // namespace cipherlane::iso8583
