#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>

#include <string>
#include <string_view>

namespace cipherlane {

/// Text in GBK (GB 18030's two-byte part, the character set of Chinese hosts and devices) as UTF-8.
/// @return `core_errc::bad_text` with the offset of the first byte that GBK does not have
[[nodiscard]] result<std::string> gbk_to_utf8(byte_view wire);

/// UTF-8 as GBK.
/// @return `core_errc::bad_text` with the offset of the first character that GBK cannot carry
[[nodiscard]] result<std::string> utf8_to_gbk(std::string_view text);

} // namespace cipherlane
