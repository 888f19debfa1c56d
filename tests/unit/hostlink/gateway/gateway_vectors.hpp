#pragma once

#include <cipherlane/core/hex.hpp>
#include <cipherlane/crypto/digest.hpp>

#include <map>
#include <string>
#include <string_view>

namespace cipherlane::tests {

/// A value of tests/vectors/gateways.txt; throws where there is none.
[[nodiscard]] const std::string& gateway_vector(const std::string& name);

/// SHA-256 in lower-case hex.
[[nodiscard]] std::string sha256_of(std::string_view text);

} // namespace cipherlane::tests
