#pragma once

#include <cipherlane/core/bytes.hpp>

namespace cipherlane::crypto {

/// Whether a key is one that everybody knows: a repeated byte, 0123456789ABCDEF and its mirror in any order, bytes
/// that count up or down by one. Parity bits do not matter. No such key protects anything; with a host that is not a
/// simulator it is a mistake.
[[nodiscard]] bool is_known_test_key(byte_view key) noexcept;

} // namespace cipherlane::crypto
