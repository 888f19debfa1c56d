#pragma once

#include <string>
#include <string_view>

namespace cipherlane {

/// A cell of a CSV file (RFC 4180): as it is, or in quotes where it holds a comma, a quote or an end of line.
[[nodiscard]] std::string csv_cell(std::string_view text);

} // namespace cipherlane
