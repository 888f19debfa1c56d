#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/crypto/key.hpp>

namespace cipherlane::crypto {

/// Unwraps a key that came bare, in ECB under a key-encryption key: the way UnionPay sign-in delivers TPK, TAK and
/// TDK under the TMK (X9.17 style). A key block (TR-31) binds the key to its use, this does not: `pci_policy` refuses
/// it.
///
/// `check_value` is compared if it is not empty: first bytes of zeros encrypted (4 in field 62).
/// Defined for PIN, MAC, data and key-encryption keys.
/// @return `crypto_errc::refused_by_policy`; `bad_key_length` (not whole blocks of the wrapping key, or no key of
/// `cipher`); `check_value_mismatch`; errors of `check_key` and `verify_key_check_value`.
template <purpose Use>
[[nodiscard]] result<key<Use>> unwrap_key_ecb(key_encryption_key& wrapping, algorithm cipher, byte_view wrapped,
    byte_view check_value, const key_policy& policy);

/// The other way, for simulators and hosts.
template <purpose Use>
[[nodiscard]] result<bytes> wrap_key_ecb(
    key_encryption_key& wrapping, const key<Use>& inner, const key_policy& policy);

} // namespace cipherlane::crypto
