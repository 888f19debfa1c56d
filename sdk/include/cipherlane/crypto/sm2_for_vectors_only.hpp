#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/crypto/sm2_signature.hpp>

#include <cstdint>

/// SM2 with what published examples prescribe: the random number of a signature, and the curve of their annexes.
/// Never for real keys: a random number known, or used twice, gives the private key away. Known-answer tests and
/// nothing else.
namespace cipherlane::crypto::for_vectors_only {

enum class sm2_curve : std::uint8_t {
    sm2p256v1,     ///< GB/T 32918.5
    sample_fp_256, ///< GM/T 0003.2 and 0003.4-2012, annex A.2
};

/// A signature with random number `k`. Numbers are 32 bytes, `point` is x ‖ y.
/// @return `crypto_errc::bad_key_encoding` for a bad scalar or point; `library_failed` if `k` gives no signature.
[[nodiscard]] result<sm2_signature> sign_with_k(
    sm2_curve curve, byte_view scalar, byte_view id, byte_view message, byte_view k);

/// @return `crypto_errc::verification_failed`, `bad_key_encoding`.
[[nodiscard]] result<void> verify(
    sm2_curve curve, byte_view point, byte_view id, byte_view message, const sm2_signature& signature);

/// C1 ‖ C3 ‖ C2 to the clear text. @return `crypto_errc::verification_failed`, `bad_key_encoding`.
[[nodiscard]] result<bytes> decrypt(sm2_curve curve, byte_view scalar, byte_view c1c3c2);

} // namespace cipherlane::crypto::for_vectors_only
