#pragma once

#include <cipherlane/core/result.hpp>
#include <cipherlane/drivers/display/panel/frame.hpp>

#include <string>
#include <string_view>

namespace cipherlane::drivers {

/// UTF-8 text as a receipt printer prints it, line by line: every Latin letter in a cell of 12 x 24 dots, every
/// Chinese character in two of them, so that columns stay columns. As wide as the longest line and its margins.
/// @param font_file empty: the usual places
/// @return `font_missing`.
[[nodiscard]] result<frame> paint_text_page(std::string_view text, const std::string& font_file = {});

} // namespace cipherlane::drivers
