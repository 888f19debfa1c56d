#pragma once

#include "lane/lane_core.hpp"

#include <cipherlane/acquiring/payment.hpp>

namespace cipherlane::acquiring {

/// Whether the settlement is overdue, with an alert once for each batch. Reads the batch once where nothing
/// earlier is open, and nothing where no
/// hour is set; what the journal cannot tell reminds nobody.
[[nodiscard]] bool remind_of_settlement(lane_core& on);

} // namespace cipherlane::acquiring
