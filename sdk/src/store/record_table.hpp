#pragma once

#include "sqlite.hpp"

#include <cipherlane/ledger/record_set.hpp>
#include <cipherlane/ports/journal_record.hpp>

#include <vector>

namespace cipherlane::store {

/// The records in SQL. Values only: rules about states and keys are the journal's.

/// All columns of a record, in the order `read_record` takes them.
[[nodiscard]] std::string select_records(std::string_view where);
/// @return `store_errc::record_damaged` where it is not as it was written.
[[nodiscard]] result<ports::journal_record> read_record(const statement& row);
/// As it stands there, and whether it is as it was written.
[[nodiscard]] ports::journal_record read_fields(const statement& row);
[[nodiscard]] bool intact(const statement& row);
/// Writes the checksum of a record that was read as intact and then changed.
[[nodiscard]] result<void> stamp_record(database& on, std::uint64_t id);
[[nodiscard]] result<std::vector<ports::journal_record>> read_records(statement& query);

/// Of a batch, in the order in which they were begun.
[[nodiscard]] result<std::vector<ports::journal_record>> read_batch(
    database& on, std::string_view terminal_id, std::uint32_t batch, const ledger::record_set& which);

/// Writes a record with its checksum and gives it its id.
[[nodiscard]] result<void> insert_record(database& on, ports::journal_record& record);
/// Writes what a verdict sets.
[[nodiscard]] result<void> update_record(
    database& on, std::uint64_t id, const ports::journal_verdict& verdict, std::int64_t decided_ms);

[[nodiscard]] std::int64_t to_ms(std::chrono::system_clock::time_point when) noexcept;

} // namespace cipherlane::store
