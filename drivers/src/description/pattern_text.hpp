#pragma once

#include <cipherlane/core/bytes.hpp>

#include <optional>
#include <string_view>
#include <vector>

namespace cipherlane::drivers {

/// A piece of a pattern's text: bytes, or the name of a value with what belongs to it.
struct pattern_piece {
    bytes literal{};          ///< empty: a value
    std::string_view value{}; ///< what stands between braces; part of the text that was split
};

/// Splits "10 {part:u8} 'AT+' {code}": bytes in hexadecimal, characters in single quotes, values in braces, with
/// blanks between them or none.
/// @return nothing for text that is none of these, or where quotes or braces hold nothing.
[[nodiscard]] std::optional<std::vector<pattern_piece>> split_pattern(std::string_view text);

/// Bytes in hexadecimal and characters in quotes, without values.
[[nodiscard]] std::optional<bytes> parse_literal(std::string_view text);

} // namespace cipherlane::drivers
