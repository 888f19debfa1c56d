#include <cipherlane/core/error_category.hpp>
#include <cipherlane/iso8583/errc.hpp>

namespace cipherlane {
namespace {

constexpr auto bad = condition::bad_message;

constexpr errc_row iso8583_rows[] = {
    {iso8583_errc::truncated, bad, "bytes missing"},
    {iso8583_errc::trailing_bytes, bad, "bytes left over"},
    {iso8583_errc::bad_frame_length, bad, "wrong length in front of the message"},
    {iso8583_errc::bad_tpdu, bad, "wrong TPDU"},
    {iso8583_errc::bad_header, bad, "wrong message header"},
    {iso8583_errc::bad_mti, bad, "wrong message type"},
    {iso8583_errc::bad_bitmap, bad, "wrong bitmap"},
    {iso8583_errc::unknown_field, bad, "the dialect does not have this field here"},
    {iso8583_errc::bad_length_prefix, bad, "wrong length prefix"},
    {iso8583_errc::not_digits, bad, "not a decimal digit"},
    {iso8583_errc::bad_character, bad, "a character that the field cannot hold"},
    {iso8583_errc::bad_padding, bad, "wrong padding"},
    {iso8583_errc::too_long, bad, "value too long"},
    {iso8583_errc::too_short, bad, "value too short"},
    {iso8583_errc::missing_field, bad, "field missing"},
    {iso8583_errc::buffer_too_small, condition::misuse, "buffer too small"},
    {iso8583_errc::bad_subfield, bad, "wrong sub-field"},
    {iso8583_errc::bad_dialect, condition::misuse, "the dialect contradicts itself"},
    {iso8583_errc::bad_text, bad, "text that the character set cannot carry"},
    {iso8583_errc::no_dialect_file, condition::local_fault, "the dialect's file cannot be read"},
    {iso8583_errc::dialect_syntax, condition::misuse, "the dialect's file is no TOML"},
    {iso8583_errc::dialect_key, condition::misuse, "a key that cannot have this value"},
    {iso8583_errc::dialect_unknown_key, condition::misuse, "a key that does not exist here"},
    {iso8583_errc::dialect_no_key, condition::misuse, "a key is missing"},
    {iso8583_errc::poll, bad, "a length of zero: a poll and no message, to be sent back as it came"},
    {iso8583_errc::bad_trailer, bad, "wrong trailer"},
};

const table_category iso8583_category{"cipherlane.iso8583", iso8583_rows};

} // namespace

boost::system::error_code make_error_code(iso8583_errc value) noexcept {
    return iso8583_category.code(value);
}

} // namespace cipherlane
