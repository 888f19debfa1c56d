#pragma once

#include "cipherlane/people_input.hpp"

namespace CLI {
class App;
}

namespace cipherlane::cli {

/// Adds `--input FORM`, for input that can be read in more than one way.
void add_input_form(CLI::App& to, input_form& form);

} // namespace cipherlane::cli
