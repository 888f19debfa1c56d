#pragma once

#include "host_exchange.hpp"

namespace cipherlane::acquiring {

/// The record that a void or refund undoes. @return `no_original` if this terminal has none of that handle.
[[nodiscard]] result<ports::journal_record> find_original(
    lane_core& on, std::uint64_t handle, std::string_view operation, const call& bounds);

/// Makes a record one of a void or refund of `original`: field 61 (batch, trace, date), the card as typed in.
void refer_to(ports::journal_record& fresh, const ports::journal_record& original);

/// Fields 37 and 38 of the original.
void name_original(iso8583::message& request, const ports::journal_record& original);

} // namespace cipherlane::acquiring
