#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>

#include <string>
#include <string_view>

namespace cipherlane {

/// RFC 4648, 4, with padding and without line ends.
[[nodiscard]] std::string to_base64(byte_view data);

/// Strict: whole groups of four, padding at the end alone, no bits left over, so that no two texts mean the same
/// bytes. Nothing for no text.
/// @return `core_errc::wrong_length`, `core_errc::bad_text` with the offset.
[[nodiscard]] result<bytes> from_base64(std::string_view text);

} // namespace cipherlane
