#include "charset.hpp"
#include "packed.hpp"

#include <cipherlane/iso8583/header_piece.hpp>

#include <algorithm>
#include <array>

namespace cipherlane::iso8583 {
namespace {

using enum piece_form;

// The parts of BASE24's external header, of the UnionPay inter-bank header (Q/CUP 006) and of VisaNet's are known
// from many published descriptions; what is in them is the network's.
constexpr std::array base24_parts{
    header_part{"start", 3, text},
    header_part{"product", 2, text},
    header_part{"release", 2, text},
    header_part{"status", 3, text},
    header_part{"originator", 1, text},
    header_part{"responder", 1, text},
};
constexpr std::array interbank_parts{
    header_part{"header length", 1, raw},
    header_part{"flag and version", 1, raw},
    header_part{"total length", 4, text, header_part::meaning::total_length},
    header_part{"destination", 11, text},
    header_part{"source", 11, text},
    header_part{"reserved", 3, raw},
    header_part{"batch", 1, raw},
    header_part{"transaction information", 8, text},
    header_part{"user information", 1, raw},
    header_part{"reject code", 5, text},
};
constexpr std::array visanet_parts{
    header_part{"header length", 1, raw},
    header_part{"flag and format", 1, raw},
    header_part{"text format", 1, raw},
    header_part{"total length", 2, raw, header_part::meaning::total_length},
    header_part{"destination", 3, digits},
    header_part{"source", 3, digits},
    header_part{"round-trip control", 1, raw},
    header_part{"BASE I flags", 2, raw},
    header_part{"message status flags", 3, raw},
    header_part{"batch", 1, raw},
    header_part{"reserved", 3, raw},
    header_part{"user information", 1, raw},
};
constexpr std::array visanet_reject_parts{
    header_part{"header length", 1, raw},
    header_part{"flag and format", 1, raw},
    header_part{"text format", 1, raw},
    header_part{"total length", 2, raw, header_part::meaning::total_length},
    header_part{"destination", 3, digits},
    header_part{"source", 3, digits},
    header_part{"round-trip control", 1, raw},
    header_part{"BASE I flags", 2, raw},
    header_part{"message status flags", 3, raw},
    header_part{"batch", 1, raw},
    header_part{"reserved", 3, raw},
    header_part{"user information", 1, raw},
    header_part{"reject bitmap", 2, raw},
    header_part{"reject code", 2, digits},
};

constexpr auto fixed = piece_length::fixed;
constexpr auto always = piece_presence::always;
constexpr auto optional = piece_presence::where_it_begins;

constexpr std::array pieces{
    header_piece{"tpdu", digits, 5, fixed, always, "\x60"},
    header_piece{"pos-header", digits, 6},
    header_piece{"lri", raw, 33, fixed, optional, "LRI"},
    header_piece{"base24", text, 12, fixed, always, "ISO", base24_parts},
    header_piece{"unionpay-interbank", raw, 46, fixed, always, "\x2E", interbank_parts},
    header_piece{"visanet", raw, 22, fixed, always, "\x16", visanet_parts},
    header_piece{"visanet-reject", raw, 26, fixed, optional, "\x1A", visanet_reject_parts},
};
static_assert(std::all_of(pieces.begin(), pieces.end(), [](const header_piece& each) { return valid(each); }));

} // namespace

std::optional<std::size_t> piece_size(const header_piece& piece, byte_view rest) noexcept {
    if (piece.presence == piece_presence::where_it_begins && !as_text(rest).starts_with(piece.begins)) return {};
    if (piece.length == piece_length::fixed) return piece.bytes;
    if (rest.empty()) return 1;
    const std::size_t size = std::size_t{rest[0]} + (piece.length == piece_length::counts_rest ? 1 : 0);
    if (size == 0 || size > piece.bytes) return {};
    return size;
}

bool fits(const header_piece& piece, byte_view data) noexcept {
    if (!as_text(data).starts_with(piece.begins)) return false;
    switch (piece.form) {
    case piece_form::digits: return packed::first_not_digits(data) == packed::none;
    case piece_form::text:
        return std::all_of(data.begin(), data.end(),
            [](auto byte) { return charset::is(static_cast<char>(byte), charset::classes::printable); });
    case piece_form::ebcdic:
        return std::all_of(data.begin(), data.end(), [](auto byte) { return charset::from_wire(byte, true) != 0; });
    default: return true;
    }
}

std::span<const header_piece> known_header_pieces() noexcept {
    return pieces;
}

const header_piece* find_header_piece(std::string_view name) noexcept {
    const auto at = std::find_if(pieces.begin(), pieces.end(), [&](const auto& each) { return each.name == name; });
    return at != pieces.end() ? &*at : nullptr;
}

} // namespace cipherlane::iso8583
