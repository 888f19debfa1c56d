#pragma once

#include "host/exchange.hpp"
#include "lane/lane_core.hpp"

#include <cipherlane/ports/journal_record.hpp>

namespace cipherlane::acquiring {

/// What an answer says of its trade, taken for an approval of nothing yet.
[[nodiscard]] ports::journal_verdict word_of_host(const lane_core& on, const host_answer& answer);

} // namespace cipherlane::acquiring
