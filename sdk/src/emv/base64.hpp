#pragma once

#include <cipherlane/core/result.hpp>
#include <cipherlane/core/secret_bytes.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace cipherlane::emv::detail {

enum class base64_padding : std::uint8_t { required, optional };

/// RFC 4648 section 4. @return `emv_errc::not_base64` with the offset of the character.
[[nodiscard]] result<secret_bytes> from_base64(std::string_view text, base64_padding padding);

[[nodiscard]] std::string to_base64(byte_view data);

} // namespace cipherlane::emv::detail
