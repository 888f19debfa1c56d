#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/crypto/key.hpp>

#include <cstdint>
#include <string_view>

namespace cipherlane::crypto {

/// Modes of operation of SP 800-38A and GB/T 17964: CFB feeds back whole blocks; CTR counts in the whole block.
enum class block_mode : std::uint8_t { ecb, cbc, cfb, ofb, ctr };

/// "ECB", "CBC", "CFB", "OFB", "CTR". @return `crypto_errc::unsupported_algorithm`.
[[nodiscard]] result<block_mode> find_block_mode(std::string_view name);

/// Encrypts data (tracks, messages) without padding. ECB and CBC take whole blocks; CFB, OFB and CTR any length. ECB
/// takes no initial value, the others one block of it: fresh and random with CBC and CFB, never used twice with OFB
/// and CTR. `out` holds as many bytes as `in` and may be the same memory. Allocates nothing after the key's first
/// use. None of these modes is authentic: use `aes_gcm.hpp` or add a MAC where the reader must not be deceived.
/// @return `crypto_errc::bad_data_length`, `bad_iv_length`, `buffer_too_small`; `unsupported_algorithm` (CTR with
/// TDES, anything but ECB and CBC with single DES); `library_failed`.
[[nodiscard]] result<void> encrypt_data(data_key& key, block_mode mode, byte_view iv, byte_view in, byte_span out);
[[nodiscard]] result<void> decrypt_data(data_key& key, block_mode mode, byte_view iv, byte_view in, byte_span out);

} // namespace cipherlane::crypto
