#pragma once

#include <cipherlane/core/error.hpp>
#include <cipherlane/crypto/algorithm.hpp>
#include <cipherlane/crypto/digest.hpp>
#include <cipherlane/crypto/errc.hpp>

#include <openssl/core_dispatch.h>
#include <openssl/evp.h>

#include <cstdint>
#include <memory>
#include <string_view>

/// What this layer needs of OpenSSL, fetched once and kept for the life of the process: implicit fetching looks up
/// and locks at every use. Everything comes from the default library context, so that the application's own OpenSSL
/// configuration counts.
namespace cipherlane::crypto {

enum class cipher_mode : std::uint8_t { ecb, cbc, cfb, ofb, ctr, gcm };

/// Null where this OpenSSL lacks it. CFB is CFB128 (CFB64 with TDES).
[[nodiscard]] const EVP_CIPHER* fetched_cipher(algorithm cipher, cipher_mode mode, std::size_t key_size) noexcept;
[[nodiscard]] const EVP_MD* fetched_digest(digest_algorithm hash) noexcept;
[[nodiscard]] EVP_MAC* fetched_cmac() noexcept;
[[nodiscard]] EVP_MAC* fetched_hmac() noexcept;

/// The name under which `fetched_cipher` found it, for parameters; null where there is no such cipher.
[[nodiscard]] const char* cipher_name(algorithm cipher, cipher_mode mode, std::size_t key_size) noexcept;

/// The name OpenSSL has for the digest.
[[nodiscard]] const char* digest_name(digest_algorithm hash) noexcept;

template <auto Free>
struct freed_by {
    template <class T>
    void operator()(T* object) const noexcept {
        Free(object);
    }
};
using cipher_context = std::unique_ptr<EVP_CIPHER_CTX, freed_by<EVP_CIPHER_CTX_free>>;
using digest_context = std::unique_ptr<EVP_MD_CTX, freed_by<EVP_MD_CTX_free>>;
using mac_context = std::unique_ptr<EVP_MAC_CTX, freed_by<EVP_MAC_CTX_free>>;

enum class direction : std::uint8_t { decrypt = 0, encrypt = 1 };

/// A context with its key set and padding off; null if it cannot be had.
[[nodiscard]] cipher_context keyed_context(const EVP_CIPHER* cipher, direction way, const std::uint8_t* key) noexcept;

[[nodiscard]] inline error crypto_error(crypto_errc code, std::string_view operation) noexcept {
    return error(code, layer::crypto).during(operation);
}

} // namespace cipherlane::crypto
