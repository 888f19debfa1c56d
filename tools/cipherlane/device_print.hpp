#pragma once

#include <CLI/CLI.hpp>

namespace cipherlane::cli {

/// `device print`: a slip on a receipt printer, what it says of itself, its drawer.
void add_print_command(CLI::App& device);

} // namespace cipherlane::cli
