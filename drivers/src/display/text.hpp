#pragma once

#include <cipherlane/core/result.hpp>

#include <optional>
#include <string_view>

namespace cipherlane::drivers {

/// Takes one code point off the front of UTF-8 text; nothing if its first bytes are not well-formed.
[[nodiscard]] std::optional<char32_t> take_code_point(std::string_view& text) noexcept;

/// Refuses text that is not UTF-8 or holds control characters: `unsendable_text` with the offset.
[[nodiscard]] result<void> check_plain_utf8(std::string_view text, std::string_view field);

/// Refuses anything but printable ASCII: `unsendable_text` with the offset.
[[nodiscard]] result<void> check_plain_ascii(std::string_view text, std::string_view field);

/// Refuses text longer than `most` bytes: `too_long`.
[[nodiscard]] result<void> check_length(std::string_view text, std::size_t most, std::string_view field);

} // namespace cipherlane::drivers
