#pragma once

#include <cipherlane/core/bytes.hpp>

#include <string_view>

namespace cipherlane::tests {

/// Bytes from hex digits; blanks between them are skipped. Throws on anything else: a mistake in a test.
[[nodiscard]] bytes hex(std::string_view digits);

} // namespace cipherlane::tests
