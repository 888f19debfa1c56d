#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/core/secret_bytes.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace cipherlane {

enum class base64_padding : std::uint8_t { required, optional };

/// RFC 4648, 4, with padding and without line ends.
[[nodiscard]] std::string to_base64(byte_view data);

/// Strict: whole groups of four, padding at the end alone, no bits left over, so that no two texts mean the same
/// bytes. Nothing for no text.
/// @return `core_errc::wrong_length`, `core_errc::bad_text` with the offset.
[[nodiscard]] result<bytes> from_base64(std::string_view text);

/// The same into memory that is wiped, for what may hold a card or a key; the padding may be left away where
/// `padding` says so.
[[nodiscard]] result<secret_bytes> secret_from_base64(
    std::string_view text, base64_padding padding = base64_padding::required);

} // namespace cipherlane
