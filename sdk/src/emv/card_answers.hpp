#pragma once

#include <cipherlane/emv/meaning.hpp>

namespace cipherlane::emv::detail {

/// Issuer authentication data (91): ARPC by method 1 or 2, card status update in bits.
[[nodiscard]] std::vector<std::string> issuer_authentication_lines(byte_view value);

/// Application file locator (94): records by file.
[[nodiscard]] std::vector<std::string> file_locator_lines(byte_view value);

/// An answer without tags (80): of GET PROCESSING OPTIONS or of GENERATE AC, by its first byte and size.
[[nodiscard]] std::vector<std::string> plain_answer_lines(byte_view value);

/// Form factor indicator of Visa, or third party data of Mastercard (9F6E), by scheme or, where it is not known,
/// size.
[[nodiscard]] std::vector<std::string> device_lines(byte_view value, card_scheme scheme);

} // namespace cipherlane::emv::detail
