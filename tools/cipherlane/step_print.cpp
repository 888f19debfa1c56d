#include "cipherlane/step_print.hpp"

#include "cipherlane/tool_door.hpp"

#include <cipherlane/till/till_json.hpp>

#include <nlohmann/json.hpp>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <string_view>

namespace cipherlane::cli {
namespace {

using json = nlohmann::ordered_json;

void print_step(const preflight_step& step) {
    static constexpr std::string_view marks[] = {"ok     ", "WRONG  ", "-      "};
    std::cout << marks[static_cast<std::size_t>(step.state)] << step.part << ": " << step.found << "\n";
    if (!step.likely.empty()) std::cout << "       likely: " << step.likely << "\n";
    std::cout << std::flush;
}

} // namespace

void print_steps(const step_run& ask, bool as_json) {
    const auto steps = ask(as_json ? std::function<void(const preflight_step&)>() : print_step);
    const auto wrong = std::count_if(
        steps.begin(), steps.end(), [](const preflight_step& step) { return step.state == preflight_state::wrong; });
    const auto ends = wrong == 0 ? ending::done : ending::difference;
    if (as_json) {
        json rows = json::array();
        for (const auto& step : steps)
            rows.push_back(json::parse(json_line(step)));
        std::cout << json{{"steps", rows}, {"wrong", wrong}, {"exit", static_cast<int>(ends)}}.dump(2) << "\n";
    } else {
        std::cout << (wrong == 0 ? "ready" : std::to_string(wrong) + " part(s) are wrong") << "\n";
    }
    if (ends != ending::done) throw CLI::RuntimeError(static_cast<int>(ends));
}

} // namespace cipherlane::cli
