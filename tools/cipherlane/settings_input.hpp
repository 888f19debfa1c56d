#pragma once

#include <cipherlane/till/till.hpp>

#include <string>

namespace cipherlane::cli {

/// The till's settings from the file that the command line names. Throws `tool_stop`: whatever is wrong there is
/// input that cannot be read.
[[nodiscard]] till_settings read_settings(const std::string& file);

} // namespace cipherlane::cli
