#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>

#include <string>
#include <string_view>

namespace cipherlane {

/// Upper-case hex digits, two a byte.
[[nodiscard]] std::string to_hex(byte_view data);

/// Writes upper-case hex digits into `out`, which must hold `2 * data.size()` characters. Allocates nothing.
void to_hex(byte_view data, std::span<char> out) noexcept;

/// Bytes from hex digits of either case.
/// @return `core_errc::odd_length`, or `core_errc::not_hex` with the offset of the character.
[[nodiscard]] result<bytes> from_hex(std::string_view digits);

/// As above into `out`, which must hold exactly half as many bytes as there are digits.
[[nodiscard]] result<void> from_hex(std::string_view digits, byte_span out);

/// The value of one hex digit, or -1.
[[nodiscard]] constexpr int hex_value(char digit) noexcept {
    if (digit >= '0' && digit <= '9') return digit - '0';
    if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
    if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
    return -1;
}

} // namespace cipherlane
