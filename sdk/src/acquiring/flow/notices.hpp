#pragma once

#include "lane/lane_core.hpp"

namespace cipherlane::acquiring {

/// Deals with what gateways have told unasked about this terminal's orders (`store::keep_notice`): an order that is
/// not decided is decided by it; what was paid after the end, or once more, is raised and given back; an order that
/// the journal does not have is raised, and so is what contradicts the journal: that, and a second payment, waits for
/// a person (`store::left_notices`). What the journal needs for that is done at once; a gateway is asked only
/// where that leaves the caller's flow its time. What cannot be dealt with now waits for the next flow.
///
/// What is told of a terminal that has no lane (`lane_ports::inherits`), or of an order that nobody has by a gateway
/// that names no terminal, is told by this one: a person's where it says anything new.
void settle_notices(lane_core& on, const call& bounds);

/// Calls for a person once more, for each notice that nobody has acknowledged; then for those that no other lane can
/// tell any more, as their terminal or their gateway has left the settings. What goes wrong with another terminal's
/// is logged, and tried again with the next call.
[[nodiscard]] result<void> tell_left_notices(lane_core& on);

} // namespace cipherlane::acquiring
