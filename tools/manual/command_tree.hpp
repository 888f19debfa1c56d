#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
} // namespace CLI

namespace cipherlane::manual {

/// The commands below one, groups of options left out.
[[nodiscard]] std::vector<const CLI::App*> commands_below(const CLI::App& command);

/// Every option of a command that has a long name, those in groups too.
[[nodiscard]] std::vector<const CLI::Option*> options_of(const CLI::App& command);

/// What stands behind a command without a name of its own: FILE, HOST:PORT.
[[nodiscard]] std::vector<const CLI::Option*> positionals_of(const CLI::App& command);

/// "--json".
[[nodiscard]] std::string long_name(const CLI::Option& option);

} // namespace cipherlane::manual
