#pragma once

#include "lane/lane_core.hpp"

namespace cipherlane::acquiring {

/// Deals with what gateways have told unasked about this terminal's orders (`store::keep_notice`): an order that is
/// not decided is decided by it; what was paid after the end, or once more, is raised and given back; an order that
/// the journal does not have is raised. What the journal needs for that is done at once; a gateway is asked only
/// where that leaves the caller's flow its time. What cannot be dealt with now waits for the next flow.
void settle_notices(lane_core& on, const call& bounds);

} // namespace cipherlane::acquiring
