#pragma once

#include <boost/system/error_code.hpp>

namespace cipherlane {

/// Error codes of `core`: what can be wrong with a value.
enum class core_errc {
    not_hex = 1,
    odd_length,
    not_digits,
    wrong_length,
    out_of_range,
    luhn,
    buffer_too_small,
    bad_pad,
    bad_text, ///< bytes or characters that a character set does not have
};

[[nodiscard]] boost::system::error_code make_error_code(core_errc value) noexcept;

} // namespace cipherlane

template <>
struct boost::system::is_error_code_enum<cipherlane::core_errc> : std::true_type {};
