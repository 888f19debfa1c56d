#pragma once

#include "cipherlane/tool_door.hpp"

#include <string>

namespace cipherlane::cli {

/// `device list`: what is plugged in below `root`, the drivers there are, and which of them fit.
void list_devices(const std::string& root, output_form output);

} // namespace cipherlane::cli
