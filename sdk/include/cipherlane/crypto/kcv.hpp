#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/crypto/algorithm.hpp>
#include <cipherlane/crypto/key_policy.hpp>

namespace cipherlane::crypto {

/// How a key check value (KCV, 校验值) is made.
enum class kcv_method : std::uint8_t {
    legacy, ///< first bytes of a block of zeros encrypted (X9.24-1:2017 annex A; 8 zero bytes, 16 with AES and SM4)
    cmac,   ///< first bytes of the CMAC of a block of zeros (X9.24-1:2017 annex A, X9.143)
};

/// The first `length` bytes of the check value, without regard to policy: 1 byte to a whole block by encryption,
/// 1 to 5 by CMAC.
/// @return `crypto_errc::bad_key_length`, `bad_check_value_length`.
[[nodiscard]] result<bytes> key_check_value(algorithm cipher, byte_view key, kcv_method method, std::size_t length);

/// Compares `expected` (its size is the length) with the key's check value in constant time, within the limits of
/// `policy`.
/// @return `crypto_errc::check_value_mismatch`, `bad_check_value_length`, `refused_by_policy`, `bad_key_length`.
[[nodiscard]] result<void> verify_key_check_value(
    algorithm cipher, byte_view key, kcv_method method, byte_view expected, const key_policy& policy);

} // namespace cipherlane::crypto
