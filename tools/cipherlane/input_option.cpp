#include "cipherlane/input_option.hpp"

#include "cipherlane/tool_door.hpp"

#include <cipherlane/core/printable_text.hpp>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <system_error>
#include <utility>

namespace cipherlane::cli {

void add_input_form(CLI::App& to, input_form& form) {
    constexpr std::pair<const char*, input_form> words[] = {{"auto", input_form::automatic}, {"hex", input_form::hex},
        {"dump", input_form::dump}, {"base64", input_form::base64}, {"text", input_form::text},
        {"raw", input_form::raw}, {"log", input_form::log}, {"source", input_form::source},
        {"columns", input_form::columns}, {"numbers", input_form::numbers}, {"encoded", input_form::encoded},
        {"capture", input_form::capture}, {"records", input_form::records}};
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

std::string one_input(const std::vector<std::string>& words) {
    if (words.size() == 1) return words.front();
    std::string all;
    for (const auto& word : words) {
        std::error_code none;
        if (std::filesystem::is_regular_file(word, none))
            throw tool_complaint(ending::wrong_use, "found " + std::to_string(words.size()) + " words, " +
                                                        printable_text(word) +
                                                        " among them, which is a file; expected one input");
        all.append(all.empty() ? "" : " ").append(word);
    }
    return all;
}

} // namespace cipherlane::cli
