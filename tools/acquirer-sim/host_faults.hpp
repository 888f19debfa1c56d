#pragma once

#include "simkit/fault_plan.hpp"

#include <vector>

namespace cipherlane::sim {

/// What the simulated acquirer can do wrong on purpose.
[[nodiscard]] std::vector<fault_kind> host_faults();

} // namespace cipherlane::sim
