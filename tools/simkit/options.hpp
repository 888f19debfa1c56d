#pragma once

#include "simkit/program.hpp"

#include <CLI/CLI.hpp>
#include <optional>
#include <string>

namespace cipherlane::sim {

/// What every simulator's command line has. Header only, so that the library needs no parser.
class common_options {
  public:
    explicit common_options(CLI::App& app) {
        app.option_defaults()->always_capture_default();
        app.add_flag("--die-with-parent", die_with_parent_, "end when the process that started it ends");
    }

    /// Reads the command line. The exit code if there is nothing more to do: 0 after help, 2 for what is wrong.
    [[nodiscard]] std::optional<int> parse(CLI::App& app, int argc, char** argv) {
        try {
            app.parse(argc, argv);
        } catch (const CLI::ParseError& why) {
            return app.exit(why) == 0 ? 0 : 2;
        }
        if (die_with_parent_) sim::die_with_parent();
        return std::nullopt;
    }

  private:
    bool die_with_parent_ = false;
};

} // namespace cipherlane::sim
