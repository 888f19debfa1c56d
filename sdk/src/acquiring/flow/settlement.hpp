#pragma once

#include "lane/lane_core.hpp"

#include <cipherlane/acquiring/settlement.hpp>

namespace cipherlane::acquiring {

[[nodiscard]] result<settlement_report> perform(lane_core& on, const settlement_request& request, const call& bounds);

} // namespace cipherlane::acquiring
