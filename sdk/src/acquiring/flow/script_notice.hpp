#pragma once

#include "lane/lane_core.hpp"

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/ports/journal_record.hpp>

namespace cipherlane::acquiring {

/// What a chip card made of its issuer's scripts: stored, and told at once if that can be done. `of` is the trade.
void notify_script(
    lane_core& on, const ports::journal_record& of, byte_view emv, byte_view results, const call& bounds);

} // namespace cipherlane::acquiring
