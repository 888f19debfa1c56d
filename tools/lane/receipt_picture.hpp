#pragma once

#include <cipherlane/core/result.hpp>

#include <string>
#include <string_view>

namespace cipherlane::sim {

/// Draws UTF-8 text, Latin and Chinese, line by line as a receipt printer would, and writes it as PNG.
[[nodiscard]] result<void> write_text_picture(std::string_view text, const std::string& path);

} // namespace cipherlane::sim
