#include <cipherlane/core/error_category.hpp>
#include <cipherlane/qr/errc.hpp>

namespace cipherlane::qr {
namespace {

constexpr errc_row rows[] = {
    {qr_errc::bad_header, condition::bad_message, "object header cut or not four digits"},
    {qr_errc::zero_length, condition::bad_message, "object without a value"},
    {qr_errc::length_past_end, condition::bad_message, "length goes past the end"},
    {qr_errc::duplicate_object, condition::bad_message, "object twice on one level"},
    {qr_errc::no_format_first, condition::bad_message, "does not begin with object 00"},
    {qr_errc::no_crc_last, condition::bad_message, "does not end with object 63 of length 4"},
    {qr_errc::crc_mismatch, condition::bad_message, "checksum wrong"},
    {qr_errc::not_utf8, condition::bad_message, "not UTF-8"},
    {qr_errc::value_too_long, condition::misuse, "more than 99 characters"},
    {qr_errc::bad_value, condition::misuse, "value not allowed"},
    {qr_errc::missing_value, condition::misuse, "value missing"},
    {qr_errc::text_too_long, condition::misuse, "text does not fit the largest symbol allowed"},
    {qr_errc::empty_text, condition::misuse, "no text"},
    {qr_errc::does_not_fit, condition::misuse, "symbol and quiet zone do not fit the area"},
    {qr_errc::buffer_too_small, condition::misuse, "buffer too small"},
    {qr_errc::not_png, condition::bad_message, "not a PNG picture"},
    {qr_errc::png_failed, condition::local_fault, "picture could not be written"},
    {qr_errc::symbol_failed, condition::local_fault, "symbol could not be made"},
};

const table_category category{"cipherlane.qr", rows};

} // namespace

boost::system::error_code make_error_code(qr_errc value) noexcept {
    return category.code(value);
}

} // namespace cipherlane::qr
