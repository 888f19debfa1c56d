#pragma once

#include "lane/lane_core.hpp"

#include <cipherlane/acquiring/host_service.hpp>

namespace cipherlane::acquiring {

[[nodiscard]] result<service_report> perform(lane_core& on, const service_request& request, const call& bounds);

/// Does what the host has asked for in its header (`terminal_state::wishes`), as far as it can be done now: what
/// fails is logged and stays.
void obey_wishes(lane_core& on, std::uint8_t wishes, const call& bounds);

} // namespace cipherlane::acquiring
