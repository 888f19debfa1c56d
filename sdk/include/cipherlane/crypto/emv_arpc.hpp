#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/crypto/emv_cryptogram.hpp>

#include <array>

namespace cipherlane::crypto {

/// The issuer's answer to an ARQC, method 1 (EMV 4.3 Book 2, 8.2.1): TDES over the ARQC with the authorization
/// response code (tag 8A, 2 bytes) XORed into its first two bytes. The key is the session key of the ARQC, or the
/// card key where the scheme says so (`without_session`). One thread at a time per key.
/// @return `crypto_errc::bad_cryptogram` (ARQC not 8 bytes), `bad_response_data` (code not 2 bytes),
/// `bad_key_length`, `unsupported_algorithm`, `library_failed`.
[[nodiscard]] result<std::array<std::uint8_t, 8>> arpc_method_1(
    emv_ac_session_key& key, byte_view arqc, byte_view response_code);

/// Method 2 (EMV 4.3 Book 2, 8.2.2): the first 4 bytes of the retail MAC, padded by method 2, over ARQC, card status
/// update (4 bytes) and proprietary authentication data (0 to 8 bytes).
/// @return as method 1; `bad_response_data` for the wrong length of either part.
[[nodiscard]] result<std::array<std::uint8_t, 4>> arpc_method_2(
    emv_ac_session_key& key, byte_view arqc, byte_view card_status_update, byte_view proprietary_data);

/// Compares what an issuer sent, in constant time: what a card does with it.
/// @return `crypto_errc::verification_failed`, and the errors above.
[[nodiscard]] result<void> verify_arpc_method_1(
    emv_ac_session_key& key, byte_view arqc, byte_view response_code, byte_view arpc);
[[nodiscard]] result<void> verify_arpc_method_2(emv_ac_session_key& key, byte_view arqc, byte_view card_status_update,
    byte_view proprietary_data, byte_view arpc);

} // namespace cipherlane::crypto
