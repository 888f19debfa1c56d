#pragma once

#include "lane/lane_core.hpp"

#include <cipherlane/acquiring/decision.hpp>

namespace cipherlane::acquiring {

[[nodiscard]] result<payment> perform(lane_core& on, const decision_request& request, const call& bounds);

} // namespace cipherlane::acquiring
