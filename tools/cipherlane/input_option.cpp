#include "cipherlane/input_option.hpp"

#include <CLI/CLI.hpp>
#include <utility>

namespace cipherlane::cli {

void add_input_form(CLI::App& to, input_form& form) {
    constexpr std::pair<const char*, input_form> words[] = {{"auto", input_form::automatic}, {"hex", input_form::hex},
        {"dump", input_form::dump}, {"base64", input_form::base64}, {"text", input_form::text},
        {"raw", input_form::raw}, {"log", input_form::log}, {"source", input_form::source},
        {"columns", input_form::columns}, {"numbers", input_form::numbers}, {"encoded", input_form::encoded},
        {"capture", input_form::capture}};
    std::vector<std::string> names;
    for (const auto& each : words)
        names.emplace_back(each.first);
    to.add_option_function<std::string>(
          "--input",
          [&form, words](const std::string& word) {
              for (const auto& [name, value] : words) {
                  if (word == name) form = value;
              }
          },
          "Form of the input; found out if left out")
        ->check(CLI::IsMember(names));
}

} // namespace cipherlane::cli
