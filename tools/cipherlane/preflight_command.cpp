// Asks every part of a till before it opens for the day.
#include "cipherlane/commands.hpp"
#include "cipherlane/key_input.hpp"
#include "cipherlane/settings_input.hpp"
#include "cipherlane/tool_door.hpp"

#include <cipherlane/till/preflight.hpp>

#include <nlohmann/json.hpp>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>

namespace cipherlane::cli {
namespace {

using json = nlohmann::ordered_json;

struct preflight_options {
    std::string settings;
    unsigned seconds = 180;
    bool as_json = false; ///< a flag of the command line
};

void print(const preflight_step& step) {
    static constexpr std::string_view marks[] = {"ok     ", "WRONG  ", "-      "};
    std::cout << marks[static_cast<std::size_t>(step.state)] << step.part << ": " << step.found << "\n";
    if (!step.likely.empty()) std::cout << "       likely: " << step.likely << "\n";
    std::cout << std::flush;
}

json to_json(const preflight_step& step) {
    json made{{"part", step.part}, {"state", to_string(step.state)}, {"found", step.found}};
    if (!step.likely.empty()) made["likely"] = step.likely;
    if (step.why) made["error"] = cli::to_json(*step.why);
    return made;
}

void run(const preflight_options& options) {
    keep_secrets();
    const auto settings = read_settings(options.settings);
    const auto steps = preflight(settings, call(std::chrono::seconds(options.seconds)),
        options.as_json ? std::function<void(const preflight_step&)>() : print);
    const auto wrong = std::count_if(
        steps.begin(), steps.end(), [](const preflight_step& step) { return step.state == preflight_state::wrong; });
    const auto ends = wrong == 0 ? ending::done : ending::difference;
    if (options.as_json) {
        json rows = json::array();
        for (const auto& step : steps)
            rows.push_back(to_json(step));
        std::cout << json{{"steps", rows}, {"wrong", wrong}, {"exit", static_cast<int>(ends)}}.dump(2) << "\n";
    } else {
        std::cout << (wrong == 0 ? "ready" : std::to_string(wrong) + " part(s) are wrong") << "\n";
    }
    if (ends != ending::done) throw CLI::RuntimeError(static_cast<int>(ends));
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
