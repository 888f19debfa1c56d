#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>

#include <string_view>

namespace cipherlane::drivers {

/// UTF-8 as GBK. @return `unsendable_text` for what GBK does not have.
[[nodiscard]] result<bytes> to_gbk(std::string_view text, std::string_view field);

} // namespace cipherlane::drivers
