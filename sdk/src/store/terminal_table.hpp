#pragma once

#include "sqlite.hpp"

#include <cipherlane/ports/store.hpp>

namespace cipherlane::store {

/// A terminal's row: counters, working keys, settlement. It is made at first use.

[[nodiscard]] result<ports::terminal_state> read_terminal(database& on, std::string_view terminal_id);
/// The next trace number, 1 to 999999 and round again.
[[nodiscard]] result<std::uint32_t> next_trace(database& on, std::string_view terminal_id);
[[nodiscard]] result<void> write_sign_in(
    database& on, std::string_view terminal_id, const ports::terminal_state& keys);
[[nodiscard]] result<void> set_sign_in_due(database& on, std::string_view terminal_id);
[[nodiscard]] result<void> write_wishes(database& on, std::string_view terminal_id, std::uint8_t wishes);
[[nodiscard]] result<void> append_master_key(
    database& on, std::string_view terminal_id, const ports::wrapped_key& key);

[[nodiscard]] result<ports::batch_totals> sum_batch(database& on, std::string_view terminal_id, std::uint32_t batch);
[[nodiscard]] result<ports::settlement_progress> read_settlement(database& on, std::string_view terminal_id);
[[nodiscard]] result<void> write_settlement(
    database& on, std::string_view terminal_id, const ports::settlement_progress& progress);
/// `misuse` if `batch` is not the open one.
[[nodiscard]] result<void> end_batch(
    database& on, std::string_view terminal_id, std::uint32_t batch, std::int64_t now_ms);

} // namespace cipherlane::store
