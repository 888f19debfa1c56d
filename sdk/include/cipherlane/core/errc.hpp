#pragma once

#include <boost/system/error_code.hpp>

namespace cipherlane {

/// Error codes of `core`: what can be wrong with a value, or with a file that holds a
/// secret.
enum class core_errc {
    not_hex = 1,
    odd_length,
    not_digits,
    wrong_length,
    out_of_range,
    luhn,
    buffer_too_small,
    bad_pad,
    bad_text,     ///< bytes or characters that a character set does not have
    no_file,      ///< a file cannot be opened, read or created
    file_kind,    ///< not a regular file
    file_owner,   ///< a secret file that belongs to another user
    file_mode,    ///< a secret file that others than its owner may read or write
    file_content, ///< a secret file that holds something else
};

[[nodiscard]] boost::system::error_code make_error_code(core_errc value) noexcept;

} // namespace cipherlane

template <>
struct boost::system::is_error_code_enum<cipherlane::core_errc> : std::true_type {};
