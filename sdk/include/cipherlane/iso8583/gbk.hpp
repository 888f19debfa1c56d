#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>

#include <string>
#include <string_view>

namespace cipherlane::iso8583 {

/// Text of the wire (GBK) as UTF-8. Lengths of fields count the bytes of the wire, not characters.
/// @return `iso8583_errc::bad_text` with the offset of the first byte that GBK does not have.
[[nodiscard]] result<std::string> gbk_to_utf8(byte_view wire);

/// UTF-8 as GBK for the wire.
/// @return `iso8583_errc::bad_text` with the offset of the first character that GBK cannot carry.
[[nodiscard]] result<std::string> utf8_to_gbk(std::string_view text);

} // namespace cipherlane::iso8583
