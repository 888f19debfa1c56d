#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/core/secret_bytes.hpp>
#include <cipherlane/crypto/key.hpp>

namespace cipherlane::crypto {

/// Bytes that sealing adds: a nonce of 12 in front, a tag of 16 behind.
inline constexpr std::size_t gcm_nonce_size = 12;
inline constexpr std::size_t gcm_tag_size = 16;
inline constexpr std::size_t gcm_overhead = gcm_nonce_size + gcm_tag_size;

/// Seals `clear` with AES-GCM (SP 800-38D), or SM4-GCM where the key is one of SM4 (RFC 8998), under a fresh random
/// nonce: nonce ‖ ciphertext ‖ tag. `bound` is not stored but must be given again to open: bind the record's identity
/// there, so that sealed data cannot change places. One key may seal 2^32 times (SP 800-38D, 8.3).
/// @return `crypto_errc::unsupported_algorithm` for a key of neither; `library_failed`.
[[nodiscard]] result<bytes> gcm_seal(data_key& key, byte_view bound, byte_view clear);
/// The same under the caller's nonce of 12 bytes, for protocols that write their nonce beside the text. A nonce used
/// twice with one key gives both texts away.
[[nodiscard]] result<bytes> gcm_seal_under(data_key& key, byte_view nonce, byte_view bound, byte_view clear);

/// @return `crypto_errc::verification_failed` for anything but what was sealed with this key and `bound`: nothing of
/// the content comes out then.
[[nodiscard]] result<secret_bytes> gcm_open(data_key& key, byte_view bound, byte_view sealed);

} // namespace cipherlane::crypto
