#pragma once

#include <cipherlane/core/bytes.hpp>

#include <array>

namespace cipherlane::hostlink {

/// MD5, for what gateways of old name and sign with it; zeros where this OpenSSL refuses it.
[[nodiscard]] std::array<std::uint8_t, 16> md5(byte_view data) noexcept;

} // namespace cipherlane::hostlink
