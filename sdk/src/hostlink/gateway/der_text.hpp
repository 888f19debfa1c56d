#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>

#include <string_view>

namespace cipherlane::hostlink {

/// The DER of the first PEM block of a text, or of base64 without its lines, as consoles print it; blanks and line
/// ends count for nothing. Not for private keys: what is in between is not wiped.
/// @return `hostlink_errc::bad_key`.
[[nodiscard]] result<bytes> der_of_text(std::string_view text);

/// SubjectPublicKeyInfo of a public key or of a certificate. Errors as above.
[[nodiscard]] result<bytes> public_der_of(std::string_view text);

} // namespace cipherlane::hostlink
