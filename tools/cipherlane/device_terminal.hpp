#pragma once

#include <CLI/CLI.hpp>

namespace cipherlane::cli {

/// `device terminal`: how a card terminal is and what it says of its last transaction and its day. No money moves.
void add_terminal_command(CLI::App& device);

} // namespace cipherlane::cli
