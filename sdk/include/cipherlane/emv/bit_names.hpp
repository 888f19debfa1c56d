#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/emv/meaning.hpp>
#include <cipherlane/emv/tlv.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cipherlane::emv {

/// One bit of a data element, in words.
struct bit_name {
    std::uint8_t byte; ///< 1 is the first
    std::uint8_t bit;  ///< 8 is the highest, as the specification counts
    std::string_view text;
};

/// The named bits of TVR (95), TSI (9B), AIP (82), terminal capabilities (9F33, 9F40), application usage control
/// (9F07), action codes (9F0D to 9F0F, DF8120 to DF8122: bits of the TVR), terminal and card transaction qualifiers
/// (9F66, 9F6C); empty for any other tag. EMV 4.4 Book 3 Annex C and Book 4 Annex A; EMV Contactless Books A and C-3.
[[nodiscard]] std::span<const bit_name> bit_names(tag_number tag) noexcept;

/// The bits that are set, highest first, in words: "byte 1 bit 8: offline data authentication was not performed"
/// becomes one row. A bit without a name says so; bytes past the end of a short value are not set. The qualifiers of
/// 9F66 and 9F6C are none under Mastercard, nor where the value has another size: no rows.
[[nodiscard]] std::vector<bit_name> set_bits(
    tag_number tag, byte_view value, card_scheme scheme = card_scheme::unknown);

/// What a coded value says as a whole: the cryptogram of 9F27; method, condition and outcome of 9F34; the kind of
/// terminal of 9F35; answers that terminals give themselves in 8A; transaction type (9C) and entry mode (9F39). Empty
/// for any other tag, for a code that is not known and for a value of another size. EMV 4.4 Book 3, tables 14, 43 and
/// 44, and Book 4, 6.3.4.5, A1 and A6.
[[nodiscard]] std::string coded_meaning(tag_number tag, byte_view value);

} // namespace cipherlane::emv
