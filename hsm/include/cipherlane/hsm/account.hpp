#pragma once

#include <cipherlane/core/bytes.hpp>

#include <cstddef>
#include <string_view>

namespace cipherlane::hsm {

class profile;

/// The account that PIN commands take of a whole card number (账号; as format 0 of ISO 9564-1 has it): the rightmost
/// `digits` of it without its check digit. Empty where the card has fewer. A view of `card`.
[[nodiscard]] byte_view account_of(byte_view card, std::size_t digits) noexcept;

/// The account where a field is wider, as the PLUS format wants it: all of the card's digits but the check digit, the
/// rightmost where they are too many, F to the left of fewer.
/// @param digits without the check digit
void fill_wide_account(byte_view digits, byte_span into) noexcept;

/// What a field of this name tells of a key, tag and digits or digits alone: 0, 1, 2 for single, double, triple
/// length.
[[nodiscard]] std::size_t length_flag_of(const profile& dialect, std::string_view key) noexcept;

} // namespace cipherlane::hsm
