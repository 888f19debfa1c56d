#pragma once

#include <cipherlane/core/bytes.hpp>

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace cipherlane::crypto {

/// Digits for the first `out.size()` places out of the hex digits of `data`: its decimal digits in their order, then,
/// where these are too few, its letters A to F as 0 to 5 in theirs (Visa's two passes: PVV, CVV, EMV option B).
/// `data` has at least half as many bytes as `out` has places. Takes the same time for all contents.
void decimalize_in_two_passes(byte_view data, std::span<char> out) noexcept;

/// Digits for the first `out.size()` hex digits of `data`, each replaced by its place in `table` (IBM 3624). Takes
/// the same time for all contents: the table is read as a whole for each digit.
void decimalize_by_table(byte_view data, std::string_view table, std::span<char> out) noexcept;

/// `a` + `b` or `a` - `b`, each place modulo 10, without a branch on them. The three are equally long digits.
void add_digits(std::string_view a, std::string_view b, std::span<char> out) noexcept;
void subtract_digits(std::string_view a, std::string_view b, std::span<char> out) noexcept;

/// Packs decimal or hex digits, already checked, into `out`: two a byte, most significant first.
void pack_hex_digits(std::string_view digits, byte_span out) noexcept;

/// The place of the first character that is no decimal digit; `text.size()` if all are. For what is no secret.
[[nodiscard]] std::size_t first_non_digit(std::string_view text) noexcept;

} // namespace cipherlane::crypto
