#pragma once

#include <optional>
#include <string>
#include <string_view>

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

} // namespace cipherlane
