#pragma once

#include <cipherlane/till/preflight.hpp>

#include <functional>
#include <vector>

namespace cipherlane::cli {

/// Asks parts one by one, telling each as it comes.
using step_run = std::function<std::vector<preflight_step>(const std::function<void(const preflight_step&)>& told)>;

/// Runs `ask` and prints each step as it comes, or all of them as JSON; ends the subcommand with 1 where one is
/// wrong.
void print_steps(const step_run& ask, bool as_json);

} // namespace cipherlane::cli
