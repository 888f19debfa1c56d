#pragma once

#include <boost/system/error_code.hpp>

namespace cipherlane::emv {

/// Error codes of `emv`.
enum class emv_errc {
    cut_tag = 1,       ///< the input ends inside a tag
    tag_too_long,      ///< a tag of more than four bytes
    cut_length,        ///< the input ends inside a length
    bad_length,        ///< the indefinite form, or more than four length bytes
    length_past_end,   ///< a length that goes past the end of its level
    too_deep,          ///< templates nested deeper than the limit
    too_large,         ///< more bytes than the limit
    too_many,          ///< more objects than the limit
    bad_tag,           ///< a number that is no tag
    unbalanced,        ///< `end` without `begin`, or a template left open
    buffer_too_small,  ///< the output does not fit
    missing_tag,       ///< a tag that is needed and not there
    duplicate_tag,     ///< a tag twice where it may be once
    bad_value,         ///< a value that breaks its tag's format
    not_base64,        ///< characters that are no base64
    not_consumer_code, ///< a text that is no EMV consumer-presented code
};

[[nodiscard]] boost::system::error_code make_error_code(emv_errc value) noexcept;

} // namespace cipherlane::emv

template <>
struct boost::system::is_error_code_enum<cipherlane::emv::emv_errc> : std::true_type {};
