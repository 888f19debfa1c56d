#pragma once

#include <boost/system/error_code.hpp>

namespace cipherlane::qr {

/// Error codes of `qr`: payment code texts, symbols and pictures.
enum class qr_errc {
    bad_header = 1,   ///< an object header that is cut, or not four digits
    zero_length,      ///< an object without a value
    length_past_end,  ///< a length that goes past the end of its level
    duplicate_object, ///< one ID twice on one level
    no_format_first,  ///< the payload does not begin with object 00
    no_crc_last,      ///< the payload does not end with object 63 of length 4
    crc_mismatch,     ///< syntax right, checksum wrong
    not_utf8,         ///< bytes that are no UTF-8
    value_too_long,   ///< more than 99 characters in one object
    bad_value,        ///< a value that its object does not allow
    missing_value,    ///< a value that is needed and was not given
    text_too_long,    ///< the text does not fit the largest symbol allowed
    empty_text,       ///< no text to put in a symbol
    does_not_fit,     ///< the area cannot hold the symbol with its quiet zone at one pixel a module
    buffer_too_small, ///< fewer pixels than the area says
    not_png,          ///< bytes that are no PNG picture, or one over the size limit
    png_failed,       ///< libpng could not write
    symbol_failed,    ///< libqrencode ran out of memory
};

[[nodiscard]] boost::system::error_code make_error_code(qr_errc value) noexcept;

} // namespace cipherlane::qr

template <>
struct boost::system::is_error_code_enum<cipherlane::qr::qr_errc> : std::true_type {};
