#pragma once

#include "lane/lane_core.hpp"

#include <cipherlane/acquiring/balance.hpp>

namespace cipherlane::acquiring {

[[nodiscard]] result<balance_report> perform(lane_core& on, const balance_request& request, const call& bounds);

} // namespace cipherlane::acquiring
