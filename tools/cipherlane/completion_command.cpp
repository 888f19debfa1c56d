// Words for shells, from the tree of commands itself.
#include "cipherlane/commands.hpp"
#include "cipherlane/tool_door.hpp"
#include "manual/command_tree.hpp"

#include <nlohmann/json.hpp>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>

namespace cipherlane::cli {
namespace {

using json = nlohmann::ordered_json;
using manual::commands_below;
using manual::long_name;
using manual::options_of;

struct completion_options {
    std::string shell;
    output_form output = output_form::text;
};

json tree_of(const CLI::App& command) {
    json made{{"name", command.get_name()}, {"about", command.get_description()}, {"options", json::array()}};
    for (const auto* option : options_of(command)) {
        made["options"].push_back({{"name", long_name(*option)}, {"about", option->get_description()},
            {"takes_value", option->get_items_expected_max() != 0}, {"required", option->get_required()}});
    }
    for (const auto* each : commands_below(command))
        made["subcommands"].push_back(tree_of(*each));
    return made;
}

/// Goes over the tree: `take(path, command)`, the path without the tool's own name.
template <class Take>
void each_command(const CLI::App& command, const std::string& path, const Take& take) {
    take(path, command);
    for (const auto* each : commands_below(command))
        each_command(*each, path + (path.empty() ? "" : " ") + each->get_name(), take);
}

std::string words_of(const CLI::App& command) {
    std::string words;
    for (const auto* each : commands_below(command))
        words.append(words.empty() ? "" : " ").append(each->get_name());
    for (const auto* option : options_of(command))
        words.append(words.empty() ? "" : " ").append(long_name(*option));
    return words;
}

/// Names of commands hold letters and dashes alone, so nothing needs quoting. No variable is called path or words: to
/// zsh these are the search path and the line itself.
void print_bash(const CLI::App& tool) {
    std::cout << "# Completion of cipherlane for bash: source <(cipherlane completion bash)\n"
                 "_cipherlane() {\n"
                 "  local at=\"\" longer choices i\n"
                 "  for ((i = 1; i < COMP_CWORD; ++i)); do\n"
                 "    longer=${at:+$at }${COMP_WORDS[i]}\n"
                 "    case \"$longer\" in\n      ";
    each_command(tool, "", [](const std::string& path, const CLI::App&) {
        std::cout << (path.empty() ? "" : "|") << "\"" << path << "\"";
    });
    std::cout << ") at=$longer ;;\n"
                 "    esac\n"
                 "  done\n"
                 "  case \"$at\" in\n";
    each_command(tool, "", [](const std::string& path, const CLI::App& command) {
        std::cout << "    \"" << path << "\") choices=\"" << words_of(command) << "\" ;;\n";
    });
    std::cout << "  esac\n"
                 "  COMPREPLY=($(compgen -W \"$choices\" -- \"${COMP_WORDS[COMP_CWORD]}\"))\n"
                 "}\n"
                 "complete -o default -F _cipherlane cipherlane\n";
}

void print_zsh(const CLI::App& tool) {
    std::cout << "# Completion of cipherlane for zsh: source <(cipherlane completion zsh)\n"
                 "autoload -U +X bashcompinit && bashcompinit\n";
    print_bash(tool);
}

std::string fish_text(std::string text) {
    std::replace(text.begin(), text.end(), '\n', ' ');
    std::string made;
    for (const char c : text)
        made.append(c == '\'' || c == '\\' ? "\\" : "").push_back(c);
    return "'" + made + "'";
}

void print_fish(const CLI::App& tool) {
    std::cout << "# Completion of cipherlane for fish: cipherlane completion fish | source\n"
                 "function __cipherlane_at\n"
                 "  set -l words (string match -v -- '-*' (commandline -opc)[2..-1])\n"
                 "  set -l count (count (string split -n ' ' -- $argv[1]))\n"
                 "  test $count -eq 0; and test (count $words) -eq 0; and return 0\n"
                 "  test $count -gt 0; and test (count $words) -ge $count; "
                 "and test \"$words[1..$count]\" = \"$argv[1]\"\n"
                 "end\n";
    each_command(tool, "", [&](const std::string& path, const CLI::App& command) {
        const auto at = "complete -c cipherlane -n \"__cipherlane_at '" + path + "'\" ";
        for (const auto* each : commands_below(command))
            std::cout << at << "-f -a " << each->get_name() << " -d " << fish_text(each->get_description()) << "\n";
        for (const auto* option : options_of(command)) {
            std::cout << at << (option->get_items_expected_max() != 0 ? "-r -l " : "-l ")
                      << option->get_lnames().front() << " -d " << fish_text(option->get_description()) << "\n";
        }
    });
}

void run(const CLI::App& tool, const completion_options& chosen) {
    if (chosen.output == output_form::json) {
        std::cout << tree_of(tool).dump(2) << "\n";
    } else if (chosen.shell == "bash") {
        print_bash(tool);
    } else if (chosen.shell == "zsh") {
        print_zsh(tool);
    } else if (chosen.shell == "fish") {
        print_fish(tool);
    } else {
        throw tool_complaint(ending::wrong_use, "which shell is missing: bash, zsh, fish; or --json");
    }
}

} // namespace

void add_completion_command(CLI::App& tool) {
    auto chosen = std::make_shared<completion_options>();
    auto* command = tool.add_subcommand(
        "completion", "A script that completes commands in a shell; with --json the tree of them");
    command->add_option("shell", chosen->shell, "bash, zsh or fish")->check(CLI::IsMember({"bash", "zsh", "fish"}));
    add_json_flag(*command, chosen->output);
    command->callback([chosen, &tool] { run(tool, *chosen); });
}

} // namespace cipherlane::cli
