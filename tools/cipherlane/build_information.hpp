#pragma once

#include <string>

namespace cipherlane::cli {

/// What `--version` prints: our version, and what the tool was built with and runs on.
[[nodiscard]] std::string build_information();

} // namespace cipherlane::cli
