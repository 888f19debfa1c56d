#pragma once

#include <cipherlane/core/result.hpp>
#include <cipherlane/hsm/field_spec.hpp>

#include <map>
#include <string>
#include <string_view>

namespace cipherlane::hsm {

/// Reads a layout written in the language of `docs/09-dialects.md`: "mode:N1=0 key:K [mode=2|3: iv:H16] data:B<H3".
///
/// `known` are the fields that conditions may name besides the layout's own: of an answer, those of the request.
/// @return `hsm_errc::profile_value` with the word as field and its place in the text as offset.
[[nodiscard]] result<layout> parse_layout(std::string_view text, const layout& known);

/// A value of a field as a profile writes it: hex for hex and binary fields, the characters otherwise.
[[nodiscard]] result<bytes> parse_field_value(const field_spec& field, std::string_view text);

/// The item that defines `name`, or null.
[[nodiscard]] const field_spec* find_field(const layout& in, field_name name) noexcept;

} // namespace cipherlane::hsm
