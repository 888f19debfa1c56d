#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>

#include <string>
#include <string_view>

namespace cipherlane {

/// Where the filler nibble of an odd number of digits goes.
enum class bcd_pad { left, right };

/// Packs digits two a byte; an odd count gets `filler` (0 to 15) on the side `pad` says.
/// `out` must hold `(digits.size() + 1) / 2` bytes. Allocates nothing.
/// @return `core_errc::not_digits` with the offset of the character; `core_errc::buffer_too_small`.
[[nodiscard]] result<void> pack_bcd(std::string_view digits, bcd_pad pad, std::uint8_t filler, byte_span out);

/// As above into new bytes, filler 0.
[[nodiscard]] result<bytes> pack_bcd(std::string_view digits, bcd_pad pad);

/// The `count` digits of packed BCD. `data` must be exactly `(count + 1) / 2` bytes; the filler is not checked.
/// @return `core_errc::not_digits` with the byte offset where a nibble is above 9; `core_errc::wrong_length`.
[[nodiscard]] result<std::string> unpack_bcd(byte_view data, std::size_t count, bcd_pad pad);

/// As above into `out`, which must hold `count` characters. Allocates nothing.
[[nodiscard]] result<void> unpack_bcd(byte_view data, bcd_pad pad, std::span<char> out);

} // namespace cipherlane
