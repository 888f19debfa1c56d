#pragma once

#include <cipherlane/core/result.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace cipherlane::iso8583 {

/// The terminal serial block (终端序列号信息) of a sale or pre-authorisation. Factor and cryptogram are both left out
/// where the device has no key for them.
struct terminal_serial_block {
    std::string device_type = "04"; ///< two digits; 02 classic POS, 03 mPOS, 04 smart POS, 13 MIS
    std::string serial;             ///< 1 to 50 characters
    std::string factor;             ///< six digits as a rule, at most ten
    std::string cryptogram;         ///< eight characters (`crypto::terminal_serial_cryptogram`)
    std::string version;            ///< of the application; it is filled up to eight, of a longer one the end counts
    std::string licence;            ///< of the network, five characters; field 59 does not carry it
    char version_fill = ' ';        ///< what fills the version up: a blank, or '0'
};

/// Which field carries the block, and how it writes lengths.
enum class terminal_serial_form : std::uint8_t {
    field57, ///< all of field 57: the elements of field 62, lengths of three decimal digits
    field59, ///< tag A2 of field 59: lengths of three decimal digits
    field62, ///< usage PI of field 62: lengths of two hex digits, the whole one decimal without leading zeros
};

/// The block as it goes out, whatever carries it: its version filled up or cut, and all of it checked.
/// @return `iso8583_errc::missing_field`, `too_long` or `not_digits` with the element as field ("serial"); of factor
/// and cryptogram the one that is missing is named where only the other is there.
[[nodiscard]] result<terminal_serial_block> filled_terminal_serial(terminal_serial_block block);

/// The block as it stands in its field.
/// @return what `filled_terminal_serial` says.
[[nodiscard]] result<std::string> write_terminal_serial(
    const terminal_serial_block& block, terminal_serial_form form);

/// Which field a written block stands in: by its first characters it says so itself.
[[nodiscard]] int field_of_terminal_serial(std::string_view written) noexcept;

/// The block in a field's value; a version without the blanks that filled it up. Elements that the form does not name
/// are passed over.
/// @return `iso8583_errc::missing_field` where the field carries none; `bad_length_prefix` or `truncated` with the
/// element as field, and what `write_terminal_serial` says of a block that breaks its form.
[[nodiscard]] result<terminal_serial_block> read_terminal_serial(std::string_view field, terminal_serial_form form);

} // namespace cipherlane::iso8583
