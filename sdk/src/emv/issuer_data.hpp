#pragma once

#include <cipherlane/emv/meaning.hpp>

namespace cipherlane::emv::detail {

/// Issuer application data (9F10) in words.
[[nodiscard]] std::vector<std::string> issuer_data_lines(byte_view value, card_scheme scheme);

} // namespace cipherlane::emv::detail
