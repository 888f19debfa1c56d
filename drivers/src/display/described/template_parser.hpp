#pragma once

#include <cipherlane/drivers/display/described/display_description.hpp>

#include <optional>
#include <string_view>

namespace cipherlane::drivers {

/// Reads "10 {part:u8} 'AT+' {code} {code.size:be16}": bytes in hexadecimal, characters in quotes, values in braces.
/// @return nothing for text that is none of these.
[[nodiscard]] std::optional<command_template> parse_template(std::string_view text);

/// Bytes in hexadecimal and characters in quotes, without values.
[[nodiscard]] std::optional<bytes> parse_literal(std::string_view text);

[[nodiscard]] std::optional<number_form> parse_number_form(std::string_view word);

/// True for values that are text or pixels and have no fixed size.
[[nodiscard]] bool is_text(command_value value) noexcept;

} // namespace cipherlane::drivers
