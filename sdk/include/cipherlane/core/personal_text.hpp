#pragma once

#include <cipherlane/core/bytes.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cipherlane {

/// Personal data as a print may show them, as a PAN is shown by its first and last digits.

/// The first three and the last two digits of a phone number; all of a short one is hidden.
[[nodiscard]] std::string mask_phone(std::string_view number);
/// The first character and the domain.
[[nodiscard]] std::string mask_mail(std::string_view address);
/// The first character of each word.
[[nodiscard]] std::string mask_name(std::string_view name);

/// A text that is a phone number with its country ("+86 138 0013 8000") or a mail address, masked; nothing where it
/// is neither. Numbers without "+" are no phone numbers by themselves: they may be anything.
[[nodiscard]] std::optional<std::string> masked_personal(std::string_view text);

/// A place in a text that no table explains, and what stands there by its form.
struct personal_number {
    enum class kind : std::uint8_t {
        card,     ///< 13 to 19 digits whose check digit is right, alone, in groups or behind their own length
        track,    ///< such a card number, a separator, and what a magnetic stripe has behind it
        mobile,   ///< 11 digits of a mobile number of the Chinese mainland (13 to 19 first), perhaps behind its 86
        identity, ///< 18 characters of an identity number (GB 11643): 17 digits with a date, and a digit or X
    };
    std::size_t at = 0;
    std::size_t size = 0; ///< characters, with what stands between groups
    kind is = kind::card;
};

/// Every such place, from left to right. Digits of packed values are found in their hex.
[[nodiscard]] std::vector<personal_number> personal_numbers_in(std::string_view text);

/// The text with every such number masked; lengths stay.
[[nodiscard]] std::string masked_numbers(std::string_view text);

/// The hex of bytes, with the numbers masked that stand in it packed, and those that stand in the bytes as text.
[[nodiscard]] std::string masked_hex(byte_view value);

/// The numbers that stand in bytes packed: places of their hex. Digits that are characters are not taken for packed
/// ones.
[[nodiscard]] std::vector<personal_number> packed_numbers_in(byte_view value);

/// Whether a text is letters, digits and blanks alone, as a label is. Packed digits may look so, too, but seldom do.
[[nodiscard]] bool reads_as_words(std::string_view text) noexcept;

/// Whether bits that may be anything are personal: a packed card number from the first digit on, or a number, phone
/// or mail address as text. Packed digits farther in are not looked for: by chance they are found anywhere.
[[nodiscard]] bool holds_personal(byte_view value);

/// How a value is printed in which nothing has to be masked.
enum class unnamed_form : std::uint8_t {
    hex,
    text, ///< in quotation marks where it is printable ASCII
};

/// A value that no table names, as a print may show it: text in quotation marks where something in it had to be
/// masked, else as `open` says; card, mobile and identity numbers masked.
[[nodiscard]] std::string masked_unnamed(byte_view value, unnamed_form open = unnamed_form::hex);

} // namespace cipherlane
