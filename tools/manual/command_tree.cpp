#include "manual/command_tree.hpp"

#include <CLI/CLI.hpp>

namespace cipherlane::manual {
namespace {

template <class Wanted>
std::vector<const CLI::Option*> options_where(const CLI::App& command, const Wanted& wanted) {
    std::vector<const CLI::Option*> all;
    for (const auto* option : command.get_options()) {
        if (wanted(*option)) all.push_back(option);
    }
    for (const auto* group : command.get_subcommands([](const CLI::App* each) { return each->get_name().empty(); })) {
        const auto inside = options_where(*group, wanted);
        all.insert(all.end(), inside.begin(), inside.end());
    }
    return all;
}

} // namespace

std::vector<const CLI::App*> commands_below(const CLI::App& command) {
    return command.get_subcommands([](const CLI::App* each) { return !each->get_name().empty(); });
}

std::vector<const CLI::Option*> options_of(const CLI::App& command) {
    return options_where(command, [](const CLI::Option& option) { return !option.get_lnames().empty(); });
}

std::vector<const CLI::Option*> positionals_of(const CLI::App& command) {
    return options_where(command, [](const CLI::Option& option) { return option.get_positional(); });
}

std::string long_name(const CLI::Option& option) {
    return "--" + option.get_lnames().front();
}

} // namespace cipherlane::manual
