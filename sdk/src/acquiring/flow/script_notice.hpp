#pragma once

#include "lane/lane_core.hpp"

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/ports/journal_record.hpp>

namespace cipherlane::acquiring {

/// What a chip card made of its issuer's scripts, stored to be told later with the other stored records: nobody waits
/// for it. `of` is the trade, whose own verdict is durable.
void store_script_notice(lane_core& on, const ports::journal_record& of, byte_view emv, byte_view results);

} // namespace cipherlane::acquiring
