#pragma once

#include "lane/lane_core.hpp"

#include <cipherlane/acquiring/recovery.hpp>

namespace cipherlane::acquiring {

/// Does what can be done now to decide a record, and tells how it stands.
[[nodiscard]] result<payment> recover(lane_core& on, ports::journal_record record, const call& bounds);

[[nodiscard]] result<std::vector<payment>> perform(
    lane_core& on, const recovery_request& request, const call& bounds);

} // namespace cipherlane::acquiring
