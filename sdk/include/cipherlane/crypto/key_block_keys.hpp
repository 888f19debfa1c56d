#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/core/secret_bytes.hpp>
#include <cipherlane/crypto/algorithm.hpp>
#include <cipherlane/crypto/key_block_header.hpp>

namespace cipherlane::crypto {

/// What a key block protection key (KBPK) turns into: a step inside `key_block_protector`, given out for published
/// vectors and for explaining. Applications have no use for it.
struct key_block_keys {
    secret_bytes encryption;     ///< KBEK
    secret_bytes authentication; ///< KBAK
};

/// Key variants (TR-31:2018, 5.3.1; versions A and C) or key derivation by CMAC (5.3.2 and 5.3.3; B and D).
/// @return `crypto_errc::bad_key_length`, `unsupported_algorithm`, `library_failed`. Thread safe.
[[nodiscard]] result<key_block_keys> derive_key_block_keys(
    key_block_version version, algorithm cipher, byte_view protection);

} // namespace cipherlane::crypto
