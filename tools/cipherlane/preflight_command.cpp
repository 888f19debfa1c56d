// Asks every part of a till before it opens for the day.
#include "cipherlane/commands.hpp"
#include "cipherlane/key_input.hpp"
#include "cipherlane/settings_input.hpp"
#include "cipherlane/step_print.hpp"

#include <cipherlane/till/preflight.hpp>

#include <CLI/CLI.hpp>

namespace cipherlane::cli {
namespace {

struct preflight_options {
    std::string settings;
    unsigned seconds = 180;
    bool as_json = false; ///< a flag of the command line
};

void run(const preflight_options& options) {
    keep_secrets();
    const auto settings = read_settings(options.settings);
    print_steps(
        [&](const auto& told) { return preflight(settings, call(std::chrono::seconds(options.seconds)), told); },
        options.as_json);
}

} // namespace

void add_preflight_command(CLI::App& tool) {
    auto options = std::make_shared<preflight_options>();
    auto* app = tool.add_subcommand("preflight",
        "Ask every part of a till in turn and say what is wrong; moves no money. The till must not be running. Exit "
        "codes: 0 all is well; 1 a part is wrong; 2 the settings are");
    app->add_option("settings", options->settings, "The till's settings (TOML)")->required();
    app->add_option("--timeout", options->seconds, "Seconds for all of it")->capture_default_str();
    app->add_flag("--json", options->as_json, "As JSON");
    app->callback([options] { run(*options); });
}

} // namespace cipherlane::cli
