#pragma once

#include "provider.hpp"

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/crypto/digest.hpp>
#include <cipherlane/crypto/sm2_for_vectors_only.hpp>

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>

#include <array>
#include <memory>

namespace cipherlane::crypto {

using number = std::unique_ptr<BIGNUM, freed_by<BN_clear_free>>;
using number_context = std::unique_ptr<BN_CTX, freed_by<BN_CTX_free>>;
using curve_group = std::unique_ptr<EC_GROUP, freed_by<EC_GROUP_free>>;
using curve_point = std::unique_ptr<EC_POINT, freed_by<EC_POINT_clear_free>>;
using key_object = std::unique_ptr<EVP_PKEY, freed_by<EVP_PKEY_free>>;
using key_object_context = std::unique_ptr<EVP_PKEY_CTX, freed_by<EVP_PKEY_CTX_free>>;

inline constexpr std::size_t sm2_size = 32;

/// A curve of SM2: its parameters as 32-byte numbers, as the standard prints and hashes them.
struct sm2_domain {
    using element = std::array<std::uint8_t, sm2_size>;
    element p, a, b, gx, gy, n;

    /// The OpenSSL object; null if it cannot be had.
    [[nodiscard]] curve_group group() const;
};

[[nodiscard]] const sm2_domain& domain_of(for_vectors_only::sm2_curve curve);

/// e = SM3(Z ‖ message) with Z = SM3(ENTL ‖ id ‖ a ‖ b ‖ G ‖ public key) (GB/T 32918.2, 5.5 and 6.1).
/// `point` is x ‖ y. @return `crypto_errc::bad_data_length` for an id above 8191 bytes.
[[nodiscard]] result<digest_value> sm2_message_digest(
    const sm2_domain& domain, byte_view id, byte_view point, byte_view message);

/// scalar · G as 04 ‖ x ‖ y; the scalar must be 1 to n-2. @return `crypto_errc::bad_key_encoding`.
[[nodiscard]] result<std::array<std::uint8_t, 65>> sm2_public_of(const sm2_domain& domain, byte_view scalar);

/// EVP keys on sm2p256v1 from checked parts. @return `crypto_errc::unsupported_algorithm`.
[[nodiscard]] result<key_object> sm2_public_object(byte_view point);
[[nodiscard]] result<key_object> sm2_private_object(byte_view scalar, byte_view point);

/// The number as 32 bytes; false if it has more.
[[nodiscard]] bool store_number(const BIGNUM* value, byte_span out) noexcept;

} // namespace cipherlane::crypto
