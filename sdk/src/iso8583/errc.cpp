#include <cipherlane/core/error_category.hpp>
#include <cipherlane/iso8583/errc.hpp>

#include <array>

namespace cipherlane {
namespace {

constexpr errc_row row(iso8583_errc value, condition means, const char* text) {
    return {static_cast<int>(value), means, text};
}

constexpr auto bad = condition::bad_message;

constexpr std::array iso8583_rows{
    row(iso8583_errc::truncated, bad, "bytes missing"),
    row(iso8583_errc::trailing_bytes, bad, "bytes left over"),
    row(iso8583_errc::bad_frame_length, bad, "wrong length in front of the message"),
    row(iso8583_errc::bad_tpdu, bad, "wrong TPDU"),
    row(iso8583_errc::bad_header, bad, "wrong message header"),
    row(iso8583_errc::bad_mti, bad, "wrong message type"),
    row(iso8583_errc::bad_bitmap, bad, "wrong bitmap"),
    row(iso8583_errc::unknown_field, bad, "the dialect does not have this field here"),
    row(iso8583_errc::bad_length_prefix, bad, "wrong length prefix"),
    row(iso8583_errc::not_digits, bad, "not a decimal digit"),
    row(iso8583_errc::bad_character, bad, "a character that the field cannot hold"),
    row(iso8583_errc::bad_padding, bad, "wrong padding"),
    row(iso8583_errc::too_long, bad, "value too long"),
    row(iso8583_errc::too_short, bad, "value too short"),
    row(iso8583_errc::missing_field, bad, "field missing"),
    row(iso8583_errc::buffer_too_small, condition::misuse, "buffer too small"),
    row(iso8583_errc::bad_subfield, bad, "wrong sub-field"),
    row(iso8583_errc::bad_dialect, condition::misuse, "the dialect contradicts itself"),
    row(iso8583_errc::bad_text, bad, "text that the character set cannot carry"),
    row(iso8583_errc::no_dialect_file, condition::local_fault, "the dialect's file cannot be read"),
    row(iso8583_errc::dialect_syntax, condition::misuse, "the dialect's file is no TOML"),
    row(iso8583_errc::dialect_key, condition::misuse, "a key that cannot have this value"),
    row(iso8583_errc::dialect_unknown_key, condition::misuse, "a key that does not exist here"),
    row(iso8583_errc::dialect_no_key, condition::misuse, "a key is missing"),
    row(iso8583_errc::poll, bad, "a length of zero: a poll and no message, to be sent back as it came"),
    row(iso8583_errc::bad_trailer, bad, "wrong trailer"),
};

const table_category iso8583_category{"cipherlane.iso8583", iso8583_rows};

} // namespace

boost::system::error_code make_error_code(iso8583_errc value) noexcept {
    return {static_cast<int>(value), iso8583_category};
}

} // namespace cipherlane
