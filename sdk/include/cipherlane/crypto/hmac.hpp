#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/crypto/digest.hpp>
#include <cipherlane/crypto/mac_value.hpp>

#include <memory>

namespace cipherlane::crypto {

/// A key for HMAC with one digest: a type of its own, since its length is free and no block cipher may use it.
///
/// Keeps a prepared context and wipes everything; move-only. One handle, one thread at a time; `clone()` for the
/// next.
class hmac_key {
  public:
    /// Any length but none. @return `crypto_errc::bad_key_length`, `unsupported_algorithm`.
    [[nodiscard]] static result<hmac_key> create(digest_algorithm hash, byte_view material);
    hmac_key(hmac_key&&) noexcept;
    hmac_key& operator=(hmac_key&&) noexcept;
    ~hmac_key();
    [[nodiscard]] result<hmac_key> clone() const;
    [[nodiscard]] digest_algorithm hash() const noexcept;

  private:
    friend class hmac_access;
    friend class hmac_stream;
    struct state;
    explicit hmac_key(std::unique_ptr<state> made) noexcept;
    std::unique_ptr<state> state_;
};

/// HMAC (FIPS 198-1, RFC 2104, ISO/IEC 9797-2 algorithm 2) with SHA-1, SHA-2 or SM3: as long as the digest.
/// @return `crypto_errc::library_failed`.
[[nodiscard]] result<mac_value> hmac(hmac_key& key, byte_view data);

/// Compares `mac` in constant time. It must have `length` bytes, 4 to the whole digest: what the protocol says, never
/// what came.
/// @return `crypto_errc::verification_failed`, `bad_mac_length`, `library_failed`.
[[nodiscard]] result<void> verify_hmac(hmac_key& key, byte_view data, byte_view mac, std::size_t length);

/// HMAC over a message that comes in pieces; has a context of its own, as `cmac_stream`.
class hmac_stream {
  public:
    [[nodiscard]] static result<hmac_stream> create(hmac_key& key);
    hmac_stream(hmac_stream&&) noexcept;
    hmac_stream& operator=(hmac_stream&&) noexcept;
    ~hmac_stream();

    [[nodiscard]] result<void> update(byte_view data);
    [[nodiscard]] result<mac_value> finish();

  private:
    struct state;
    explicit hmac_stream(std::unique_ptr<state> made) noexcept;
    std::unique_ptr<state> state_;
};

} // namespace cipherlane::crypto
