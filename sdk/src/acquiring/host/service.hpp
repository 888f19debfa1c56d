#pragma once

#include "lane/lane_core.hpp"

#include <cipherlane/acquiring/service_request.hpp>

#include <chrono>
#include <cstdint>

namespace cipherlane::acquiring {

[[nodiscard]] result<service_report> perform(lane_core& on, const service_request& request, const call& bounds);

/// Does what the host has asked for in its header (`terminal_state::wishes`), as far as it can be done in the time to
/// spare: what fails is logged and stays, a list that has begun goes on next time, and a host that does not answer is
/// left alone for some minutes. A remote update is raised whatever the time.
void obey_wishes(lane_core& on, std::uint8_t wishes, std::chrono::milliseconds spare, const call& bounds);

} // namespace cipherlane::acquiring
