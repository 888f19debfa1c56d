#pragma once

#include "cipherlane/people_input.hpp"

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace cipherlane::cli {

/// Adds `--input FORM`, for input that can be read in more than one way.
void add_input_form(CLI::App& to, input_form& form);

/// One input of the words of a command line: bytes that were pasted with blanks and without quotation marks are many.
/// Throws `tool_complaint` where one of several is a file, since they would be several inputs.
[[nodiscard]] std::string one_input(const std::vector<std::string>& words);

} // namespace cipherlane::cli
