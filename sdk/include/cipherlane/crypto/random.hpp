#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/core/secret_bytes.hpp>

namespace cipherlane::crypto {

/// Fills `out` from OpenSSL's generator (SP 800-90A CTR-DRBG, seeded by the system), or from the `random_source` that
/// stands in its place.
/// @return `crypto_errc::library_failed`: then nothing in `out` may be used. Thread safe.
[[nodiscard]] result<void> random_fill(byte_span out);

/// `size` random bytes from the generator kept for secrets (keys, PINs, fill).
[[nodiscard]] result<secret_bytes> random_secret(std::size_t size);

} // namespace cipherlane::crypto
