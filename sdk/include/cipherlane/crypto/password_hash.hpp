#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace cipherlane::crypto {

/// How much work scrypt (RFC 7914) is: N = 2^`log2_n`, memory 128 * N * r bytes.
struct scrypt_cost {
    std::uint8_t log2_n = 15;
    std::uint8_t r = 8;
    std::uint8_t p = 1;
};

/// What is kept of a person's password or PIN, with a salt of its own: "scrypt:15:8:1:SALT:HASH" in hex. Whoever has
/// it must spend that work for every guess; a PIN of a few digits does not withstand even so, and the file that keeps
/// it must be for one user alone.
/// @return `crypto_errc::library_failed`, where there is no memory for it, too
[[nodiscard]] result<std::string> hash_password(byte_view secret, scrypt_cost cost = {});

/// Whether it is the secret that was kept. Compares in constant time.
/// @return `crypto_errc::bad_key_encoding` for a text of another form, or more work than 2^20 and 1 GiB
[[nodiscard]] result<bool> check_password(byte_view secret, std::string_view kept);

/// scrypt itself: `out.size()` bytes. @return `crypto_errc::library_failed`
[[nodiscard]] result<void> scrypt(byte_view secret, byte_view salt, scrypt_cost cost, byte_span out);

} // namespace cipherlane::crypto
