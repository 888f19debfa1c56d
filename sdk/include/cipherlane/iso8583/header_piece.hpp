#pragma once

#include <cipherlane/core/bytes.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace cipherlane::iso8583 {

/// The most bytes that one piece of header may have.
inline constexpr std::size_t max_piece_bytes = 64;

/// How a piece of header, or a part of one, is written.
enum class piece_form : std::uint8_t {
    digits, ///< packed, two a byte
    text,   ///< printable ASCII, one character a byte
    ebcdic, ///< the same in code page 037
    raw,    ///< any bytes
};

/// How long a piece is.
enum class piece_length : std::uint8_t {
    fixed,         ///< always `bytes`
    counts_itself, ///< its first byte says how many bytes it has, that byte among them; at most `bytes`
    counts_rest,   ///< its first byte says how many bytes follow; at most `bytes` with that byte
};

enum class piece_presence : std::uint8_t {
    always,
    where_it_begins, ///< only where the bytes that come are those of `begins`
};

/// A part of a piece, for people. The parts of a piece stand one behind the other.
struct header_part {
    std::string_view name;
    std::uint8_t bytes = 0;
    piece_form form = piece_form::raw;
    /// Whether it repeats the length of the whole, headers and message: a number in ASCII digits, or a binary one.
    enum class meaning : std::uint8_t { plain, total_length } says = meaning::plain;
};

/// Something that stands between the length and the message type. A header is any number of these; none is
/// understood by the codec, each is kept as it came.
struct header_piece {
    std::string_view name; ///< the path in errors, the key in JSON
    piece_form form = piece_form::raw;
    std::uint8_t bytes = 0;
    piece_length length = piece_length::fixed;
    piece_presence presence = piece_presence::always;
    std::string_view begins{}; ///< the first bytes, as they are on the wire; may be empty
    std::span<const header_part> parts{};
};

/// How many bytes this piece has where `rest` begins with it; nothing where it is not there, or where its own length
/// cannot be. The bytes may be fewer than that.
[[nodiscard]] std::optional<std::size_t> piece_size(const header_piece& piece, byte_view rest) noexcept;

/// Whether the bytes begin and are made as the piece says; their number is not looked at.
[[nodiscard]] bool fits(const header_piece& piece, byte_view data) noexcept;

/// True if the piece fits together: a name, 1 to 64 bytes, a beginning that is no longer, parts that fill it.
[[nodiscard]] constexpr bool valid(const header_piece& piece) noexcept {
    if (piece.name.empty() || piece.bytes == 0 || piece.bytes > max_piece_bytes) return false;
    if (piece.begins.size() > piece.bytes) return false;
    if (piece.presence == piece_presence::where_it_begins && piece.begins.empty()) return false;
    if (piece.length != piece_length::fixed && piece.form != piece_form::raw) return false;
    std::size_t all = 0;
    for (const auto& part : piece.parts)
        all += part.bytes;
    return piece.parts.empty() || all <= piece.bytes;
}

/// The pieces that every dialect's file may name:
/// - `tpdu`: five bytes of packed digits, 60 first;
/// - `pos-header`: six bytes of packed digits (UnionPay POS);
/// - `lri`: 33 bytes, only where they begin with "LRI";
/// - `base24`: twelve characters, "ISO" first;
/// - `unionpay-interbank` (银联银行间报文头, CUPS): 46 bytes, 2E first;
/// - `visanet`: 22 bytes, 16 first; `visanet-reject`: 26 bytes, only where they begin with 1A.
[[nodiscard]] std::span<const header_piece> known_header_pieces() noexcept;
/// By name; null if there is none.
[[nodiscard]] const header_piece* find_header_piece(std::string_view name) noexcept;

} // namespace cipherlane::iso8583
