#pragma once

#include "simkit/fault_plan.hpp"

#include <vector>

namespace cipherlane::sim {

/// What the simulated gateway can do wrong on purpose: on the way (`GET`, `POST`), with an order (`create`, `query`,
/// `cancel`, `refund`), with a `notification`.
[[nodiscard]] std::vector<fault_kind> gateway_faults();

} // namespace cipherlane::sim
