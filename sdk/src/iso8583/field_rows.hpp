#pragma once

#include <cipherlane/iso8583/field_spec.hpp>

/// Short forms for the rows of the built-in tables.
namespace cipherlane::iso8583::rows {

/// A fixed run of packed digits.
constexpr field_spec n(std::uint8_t number, std::uint16_t size, std::string_view name, padding pad = padding::none) {
    return {.number = number,
        .kind = kind::digits,
        .encoding = encoding::bcd,
        .min = size,
        .max = size,
        .padding = pad,
        .name = name};
}

/// Packed digits behind a packed length.
constexpr field_spec n_var(std::uint8_t number, length_form length, std::uint16_t max, padding pad,
    std::string_view name, mask hide = mask::none) {
    return {.number = number,
        .kind = kind::digits,
        .encoding = encoding::bcd,
        .length = length,
        .prefix = length_encoding::bcd,
        .min = 1,
        .max = max,
        .padding = pad,
        .mask = hide,
        .name = name};
}

/// A packed track behind a packed length.
constexpr field_spec z_var(std::uint8_t number, length_form length, std::uint16_t max, std::string_view name) {
    return {.number = number,
        .kind = kind::track,
        .encoding = encoding::bcd,
        .length = length,
        .prefix = length_encoding::bcd,
        .min = 1,
        .max = max,
        .padding = padding::right_zero,
        .mask = mask::secret,
        .name = name};
}

/// Fixed text.
constexpr field_spec a(
    std::uint8_t number, kind what, std::uint16_t size, std::string_view name, padding pad = padding::none) {
    return {.number = number,
        .kind = what,
        .encoding = encoding::ascii,
        .min = size,
        .max = size,
        .padding = pad,
        .name = name};
}

/// Text behind a packed length.
constexpr field_spec a_var(std::uint8_t number, kind what, length_form length, std::uint16_t max,
    std::string_view name, mask hide = mask::none) {
    return {.number = number,
        .kind = what,
        .encoding = encoding::ascii,
        .length = length,
        .prefix = length_encoding::bcd,
        .min = 0,
        .max = max,
        .mask = hide,
        .name = name};
}

/// Fixed bytes.
constexpr field_spec b(std::uint8_t number, std::uint16_t size, std::string_view name, mask hide = mask::none) {
    return {.number = number,
        .kind = kind::binary,
        .encoding = encoding::binary,
        .min = size,
        .max = size,
        .mask = hide,
        .name = name};
}

/// Bytes behind a packed length.
constexpr field_spec b_var(
    std::uint8_t number, length_form length, std::uint16_t max, std::string_view name, mask hide = mask::none) {
    return {.number = number,
        .kind = kind::binary,
        .encoding = encoding::binary,
        .length = length,
        .prefix = length_encoding::bcd,
        .min = 0,
        .max = max,
        .mask = hide,
        .name = name};
}

constexpr field_spec with(field_spec row, const composite_spec& inside) {
    row.inside = &inside;
    return row;
}

} // namespace cipherlane::iso8583::rows
