#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/crypto/emv_keys.hpp>
#include <cipherlane/crypto/mac_iso9797.hpp>

#include <array>

namespace cipherlane::crypto {

/// An application cryptogram (应用密文, tag 9F26): 8 bytes.
using emv_cryptogram = std::array<std::uint8_t, 8>;

/// ARQC, TC or AAC (EMV 4.3 Book 2, 8.1): the retail MAC over the transaction data that the scheme names, under the
/// session key. EMV's common core pads by method 2, Visa's cryptogram version 10 by method 1. One thread at a time
/// per key.
/// @return `crypto_errc::empty_input`; `bad_key_length`; `unsupported_algorithm` for a key that is not TDES;
/// `library_failed`.
[[nodiscard]] result<emv_cryptogram> application_cryptogram(
    emv_ac_session_key& key, mac_padding padding, byte_view data);

/// Compares `received` in constant time.
/// @return `crypto_errc::bad_cryptogram` if it has not 8 bytes, `verification_failed`, and the errors above.
[[nodiscard]] result<void> verify_application_cryptogram(
    emv_ac_session_key& key, mac_padding padding, byte_view data, byte_view received);

} // namespace cipherlane::crypto
