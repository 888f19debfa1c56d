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
        card,  ///< 13 to 19 digits whose check digit is right, alone or in groups
        mobile ///< 11 digits of a mobile number of the Chinese mainland (13 to 19 first)
    };
    std::size_t at = 0;
    std::size_t size = 0; ///< characters, with what stands between groups
    kind is = kind::card;
};

/// Every such place. Digits of packed values are found in their hex.
[[nodiscard]] std::vector<personal_number> personal_numbers_in(std::string_view text);

/// A value that no table names, as a print may show it: text in quotation marks where something in it had to be
/// masked, else hex, card and mobile numbers in either masked.
[[nodiscard]] std::string masked_unnamed(byte_view value);

} // namespace cipherlane
