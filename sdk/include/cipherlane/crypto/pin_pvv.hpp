#pragma once

#include <cipherlane/core/fixed_text.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/crypto/clear_pin.hpp>
#include <cipherlane/crypto/key.hpp>

#include <string_view>

namespace cipherlane::crypto {

/// The PIN verification value (PVV) of Visa's method (z/OS ICSF Application Programmer's Guide, SA22-7522, appendix
/// "PIN Formats and Algorithms", "VISA PIN Algorithms"): 4 digits by which an issuer checks a PIN without keeping it.
/// TDES over the 11 rightmost PAN digits before the check digit, the key index and the leftmost 4 digits of the PIN;
/// of the result the decimal digits, then the letters less 10. Of a longer PIN only these 4 digits count.
///
/// For issuers and simulators: a clear PIN has no place in an acquirer's software (see `clear_pin`). The PAN has 12
/// to 19 digits, the index (PVKI) one; the key is a pair of single DES keys, 16 bytes. One thread at a time per key.
/// @return `crypto_errc::bad_pan`, `bad_key_index` with field and offset; `bad_key_length`; `library_failed`.
[[nodiscard]] result<fixed_text<4>> visa_pvv(
    pin_verification_key& key, std::string_view pan, std::string_view key_index, const clear_pin& pin);

/// Compares in constant time.
/// @return `crypto_errc::verification_failed` for a wrong PIN and for a value that has not 4 digits; the errors
/// above.
[[nodiscard]] result<void> verify_visa_pvv(pin_verification_key& key, std::string_view pan,
    std::string_view key_index, const clear_pin& pin, std::string_view pvv);

} // namespace cipherlane::crypto
