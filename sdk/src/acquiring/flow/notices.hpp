#pragma once

#include "lane/lane_core.hpp"

namespace cipherlane::acquiring {

/// Deals with what gateways have told unasked about this terminal's orders (`store::keep_notice`): an order that is
/// not decided is decided by it; one that was told as not paid, and is paid, becomes a person's and is raised; one
/// that the journal does not have is raised. What cannot be dealt with now waits for the next flow.
void settle_notices(lane_core& on);

} // namespace cipherlane::acquiring
