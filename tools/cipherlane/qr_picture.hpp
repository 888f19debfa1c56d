#pragma once

#include <string>

namespace cipherlane::cli {

/// The text of the QR symbol in a PNG file; throws `std::runtime_error` where there is no picture or no symbol, or
/// where the tool was built without a reader.
[[nodiscard]] std::string read_picture(const std::string& path);

} // namespace cipherlane::cli
