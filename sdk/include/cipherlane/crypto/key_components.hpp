#pragma once

#include <cipherlane/core/result.hpp>
#include <cipherlane/core/secret_bytes.hpp>

#include <span>
#include <vector>

namespace cipherlane::crypto {

/// Puts a key together from its components (分量): XOR of at least two, each as long as the key. Halves that are set
/// side by side are no components (PCI PIN requirements 6 and 12) and there is no call for them.
/// @return `crypto_errc::bad_components` for fewer than two, unequal or empty ones.
[[nodiscard]] result<secret_bytes> combine_components(std::span<const secret_bytes> components);

/// Splits a key into `count` (2 to 9) random components whose XOR is the key; any fewer of them tell nothing about
/// it. Parity is not kept in the components: it is no part of the key.
/// @return `crypto_errc::bad_components` for another count or an empty key; `library_failed`.
[[nodiscard]] result<std::vector<secret_bytes>> split_into_components(byte_view key, std::size_t count);

} // namespace cipherlane::crypto
