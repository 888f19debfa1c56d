#pragma once

#include "host/request.hpp"
#include "lane/lane_core.hpp"

namespace cipherlane::acquiring {

/// The request about a record (`source.record`), its card from the seal where one is on file. All of it comes from
/// the journal, so that each repeat has the same bytes (under the same MAC key).
[[nodiscard]] result<iso8583::message> request_on_file(
    lane_core& on, const iso8583::transaction_row& row, request_source source);

} // namespace cipherlane::acquiring
