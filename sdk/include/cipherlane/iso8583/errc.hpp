#pragma once

#include <boost/system/error_code.hpp>

namespace cipherlane {

/// Error codes of `iso8583`: what can be wrong with a message, a value for it, or a dialect.
enum class iso8583_errc {
    truncated = 1,    ///< bytes missing
    trailing_bytes,   ///< bytes left over
    bad_frame_length, ///< the length in front is not the length that follows
    bad_tpdu,
    bad_header,
    bad_mti,
    bad_bitmap,        ///< a bitmap that the dialect does not have, or no field at all
    unknown_field,     ///< a field that the dialect does not have
    bad_length_prefix, ///< not a number, or more than the field may hold
    not_digits,
    bad_character,
    bad_padding,
    too_long,
    too_short,
    missing_field,
    buffer_too_small,
    bad_subfield,
    bad_dialect,     ///< a dialect table that contradicts itself
    bad_text,        ///< text that the character set cannot carry
    no_dialect_file, ///< a dialect's file that cannot be read
    dialect_syntax,  ///< a dialect's file that is no TOML
    dialect_key,     ///< a key of a dialect's file that cannot have this value
    poll,            ///< a length of zero: no message but a poll, to be sent back as it came
    bad_trailer,
    dialect_unknown_key, ///< a key that does not exist in a dialect's file
    dialect_no_key,      ///< a key that is missing in a dialect's file
};

[[nodiscard]] boost::system::error_code make_error_code(iso8583_errc value) noexcept;

} // namespace cipherlane

template <>
struct boost::system::is_error_code_enum<cipherlane::iso8583_errc> : std::true_type {};
