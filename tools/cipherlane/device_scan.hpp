#pragma once

#include <CLI/CLI.hpp>

namespace cipherlane::cli {

/// `device scan`: what a scanner reads, payment codes masked.
void add_scan_command(CLI::App& device);

} // namespace cipherlane::cli
