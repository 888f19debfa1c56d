#pragma once

#include <cipherlane/drivers/display/panel/frame.hpp>

#include <string>
#include <vector>

namespace cipherlane::sim {

/// The texts of all QR codes that zbar finds in a picture: a second reader beside zxing-cpp, of other authors.
[[nodiscard]] std::vector<std::string> read_with_zbar(const drivers::frame& picture);

} // namespace cipherlane::sim
