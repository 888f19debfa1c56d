#pragma once

#include <cipherlane/ports/store.hpp>

namespace cipherlane::store {

class database;
class postgres_database;

/// A terminal's row: counters, working keys, settlement. It is made at first use.

/// What of several journals one alone may do, for this terminal, from here on: of a file, its writer does all.
/// @return whether it has just become so, and what was read before may be stale; `store_errc::in_use` where another
/// one has it.
[[nodiscard]] result<bool> claim_terminal(database& on, std::string_view terminal_id);
[[nodiscard]] result<bool> claim_terminal(postgres_database& on, std::string_view terminal_id);

/// A trace number and the batch that it belongs to.
struct taken_numbers {
    std::uint32_t trace = 0;
    std::uint32_t batch = 0;
};

/// What `read_terminal` asks.
template <class Database>
[[nodiscard]] typename Database::statement_type terminal_query(Database& on, std::string_view terminal_id);

template <class Database>
[[nodiscard]] result<ports::terminal_state> read_terminal(Database& on, std::string_view terminal_id);
/// The next trace number, 1 to 999999 and round again.
template <class Database>
[[nodiscard]] result<taken_numbers> next_trace(Database& on, std::string_view terminal_id);
template <class Database>
[[nodiscard]] result<void> write_sign_in(
    Database& on, std::string_view terminal_id, const ports::terminal_state& keys);
template <class Database>
[[nodiscard]] result<void> set_sign_in_due(Database& on, std::string_view terminal_id);
template <class Database>
[[nodiscard]] result<void> write_wishes(Database& on, std::string_view terminal_id, std::uint8_t wishes);
template <class Database>
[[nodiscard]] result<void> append_master_key(
    Database& on, std::string_view terminal_id, const ports::wrapped_key& key);

template <class Database>
[[nodiscard]] result<ports::batch_totals> sum_batch(Database& on, std::string_view terminal_id, std::uint32_t batch);
template <class Database>
[[nodiscard]] result<ports::settlement_progress> read_settlement(Database& on, std::string_view terminal_id);
template <class Database>
[[nodiscard]] result<void> write_settlement(
    Database& on, std::string_view terminal_id, const ports::settlement_progress& progress);
/// `misuse` if there is something in the open one, or if it is being settled.
template <class Database>
[[nodiscard]] result<void> open_batch(Database& on, std::string_view terminal_id, std::uint32_t batch);
/// `misuse` if `batch` is not the open one.
template <class Database>
[[nodiscard]] result<void> end_batch(
    Database& on, std::string_view terminal_id, std::uint32_t batch, std::int64_t now_ms);

} // namespace cipherlane::store
