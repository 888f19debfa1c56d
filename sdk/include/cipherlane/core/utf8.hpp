#pragma once

#include <optional>
#include <string_view>

namespace cipherlane {

/// Takes one code point off the front of UTF-8 text; nothing, and `text` as it was, if its first bytes are not
/// well-formed (Unicode 15, table 3-7: no overlong form, no surrogate, nothing above U+10FFFF).
[[nodiscard]] std::optional<char32_t> take_code_point(std::string_view& text) noexcept;

/// How many code points the text has; nothing if it is not UTF-8.
[[nodiscard]] std::optional<std::size_t> utf8_length(std::string_view text) noexcept;

} // namespace cipherlane
