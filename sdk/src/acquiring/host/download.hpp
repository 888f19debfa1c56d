#pragma once

#include "host/service_table.hpp"
#include "lane/lane_core.hpp"

namespace cipherlane::acquiring {

/// Gets a list from the host, page by page, each kept before the next is asked for.
[[nodiscard]] result<service_report> download(lane_core& on, const service_row& row, const call& bounds);

} // namespace cipherlane::acquiring
