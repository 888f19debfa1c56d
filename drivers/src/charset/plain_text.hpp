#pragma once

#include <cipherlane/core/result.hpp>

#include <string_view>

namespace cipherlane::drivers {

/// Refuses text that is not UTF-8 or holds control characters: `unsendable_text` with the offset.
[[nodiscard]] result<void> check_plain_utf8(std::string_view text, std::string_view field);

/// Refuses anything but printable ASCII: `unsendable_text` with the offset.
[[nodiscard]] result<void> check_plain_ascii(std::string_view text, std::string_view field);

/// Refuses text longer than `most` bytes: `too_long`.
[[nodiscard]] result<void> check_length(std::string_view text, std::size_t most, std::string_view field);

} // namespace cipherlane::drivers
