#pragma once

#include <cipherlane/core/strict_toml.hpp>
#include <cipherlane/drivers/display/described/display_description.hpp>

#include <optional>
#include <string_view>

namespace cipherlane::drivers {

/// Reads "10 {part:u8} 'AT+' {code} {code.size:be16}": bytes in hexadecimal, characters in quotes, values in braces.
/// @return nothing for text that is none of these.
[[nodiscard]] std::optional<command_template> parse_template(std::string_view text);

/// The template under a key of a description.
void read_pattern(toml_reader& in, std::string_view key, command_template& into);

/// True for values that are text or pixels and have no fixed size.
[[nodiscard]] bool is_text(command_value value) noexcept;

} // namespace cipherlane::drivers
