#pragma once

#include "support/lane/lane_rig.hpp"

#include <cipherlane/till/till.hpp>

namespace cipherlane::tests {

/// All that a rig has around a till, lent to one; the journal stays what the settings name.
[[nodiscard]] inline till::parts lent(lane_rig& rig) {
    till::parts with;
    with.host = lend(rig.host);
    with.sealer = lend(*rig.sealer);
    with.pinpad = lend(rig.pinpad);
    with.display = lend(rig.display);
    with.gateway = lend(rig.gateway);
    with.clock = lend(rig.clock);
    with.log = logger::none();
    return with;
}

} // namespace cipherlane::tests
