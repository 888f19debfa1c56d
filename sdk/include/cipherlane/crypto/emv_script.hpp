#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/core/secret_bytes.hpp>
#include <cipherlane/crypto/emv_keys.hpp>
#include <cipherlane/crypto/mac_value.hpp>

#include <cstdint>

namespace cipherlane::crypto {

/// The MAC of an issuer script command (EMV 4.3 Book 2, 9.2.3 and A1.2.1): the retail MAC, padded by method 2, over
/// the command as its scheme lays it out (header, then what the scheme prepends, data in clear or enciphered). 8
/// bytes, of which the scheme sends 4 to 8. One thread at a time per key.
/// @return `crypto_errc::empty_input`, `bad_key_length`, `unsupported_algorithm`, `library_failed`.
[[nodiscard]] result<mac_value> emv_script_mac(emv_smi_session_key& key, byte_view command);

/// Compares `mac` in constant time. It must have `length` bytes, 4 to 8: what the protocol says, never what came.
/// @return `crypto_errc::verification_failed`, `bad_mac_length`, and the errors above.
[[nodiscard]] result<void> verify_emv_script_mac(
    emv_smi_session_key& key, byte_view command, byte_view mac, std::size_t length);

/// Mode of script encryption (EMV 4.3 Book 2, A1.1.1); CBC begins with zeros.
enum class emv_script_mode : std::uint8_t { ecb, cbc };

/// Padding of script encryption (EMV 4.3 Book 2, A1.1.1): 80 and zeros.
enum class emv_script_padding : std::uint8_t {
    always,      ///< a whole block more where the data is whole blocks already; can be taken off again
    when_needed, ///< nothing where it is whole blocks: the reader must know the length (Visa puts it in front)
};

/// Enciphers the confidential data of a script command, such as a PIN block (EMV 4.3 Book 2, 9.3). One thread at a
/// time per key.
/// @return `crypto_errc::empty_input`, `bad_key_length`, `unsupported_algorithm`, `library_failed`.
[[nodiscard]] result<bytes> emv_script_encrypt(
    emv_smc_session_key& key, emv_script_mode mode, emv_script_padding padding, byte_view data);

/// Deciphers it. With `always` the padding is checked and taken off; with `when_needed` it stays.
/// @return `crypto_errc::bad_data_length` (empty or not whole blocks); `verification_failed` for bad padding, which
/// takes the same time wherever it is bad; the errors above. A script is to be deciphered only once its MAC holds.
[[nodiscard]] result<secret_bytes> emv_script_decrypt(
    emv_smc_session_key& key, emv_script_mode mode, emv_script_padding padding, byte_view cryptogram);

} // namespace cipherlane::crypto
