#pragma once

#include "simulation/enumerate.hpp"

namespace cipherlane::simulation {

/// Whether all that happened is printed, too.
enum class timeline : std::uint8_t { left_out, printed };

/// The shortest script that still fails in this way, as it is asked for again, and what it breaks.
void print_failure(const prepared_scenario& what, const failure& found, mutant wrong, timeline how);

} // namespace cipherlane::simulation
