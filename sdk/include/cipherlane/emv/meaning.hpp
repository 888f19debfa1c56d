#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/emv/tlv.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cipherlane::emv {

/// Whose application it is; what issuer data mean depends on it.
enum class card_scheme : std::uint8_t { unknown, visa, mastercard, unionpay, amex, jcb, discover };

/// By the first five bytes of an AID (4F, 84, 9F06).
[[nodiscard]] card_scheme scheme_of_aid(byte_view aid) noexcept;
/// By the first AID of a level; unknown where there is none. Reads a copy of the reader.
[[nodiscard]] card_scheme scheme_of_level(tlv_reader reader) noexcept;

/// What a structured value says, line by line: each rule of a CVM list (8E, EMV 4.4 Book 3, 10.5), and form,
/// cryptogram version, key index and card verification results of issuer application data (9F10): EMV's common core,
/// Visa, M/Chip, UnionPay. Without a scheme the form decides; one that is not known says so. Empty for any other tag.
[[nodiscard]] std::vector<std::string> meaning_lines(
    tag_number tag, byte_view value, card_scheme scheme = card_scheme::unknown);

} // namespace cipherlane::emv
