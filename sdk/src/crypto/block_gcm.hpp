#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/core/secret_bytes.hpp>
#include <cipherlane/crypto/block_cipher.hpp>

#include <array>

namespace cipherlane::crypto {

using gcm_tag = std::array<std::uint8_t, 16>;

/// GCM (SP 800-38D) over the bare block of a cipher for which OpenSSL 3.0 has no GCM of its own, as SM4 (RFC 8998).
/// The nonce has 12 bytes. For messages of some KiB: the multiplication is done bit by bit, without a table that a
/// key would leave its traces in.
/// @param in and `out` have one length.
/// @return the tag over what is on the wire.
[[nodiscard]] result<gcm_tag> block_gcm_encrypt(
    block_cipher& cipher, byte_view nonce, byte_view bound, byte_view in, byte_span out);
/// Clear text only where the tag is right. @return `crypto_errc::verification_failed`.
[[nodiscard]] result<secret_bytes> block_gcm_decrypt(
    block_cipher& cipher, byte_view nonce, byte_view bound, byte_view in, byte_view tag);

} // namespace cipherlane::crypto
