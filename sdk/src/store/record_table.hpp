#pragma once

#include "sqlite.hpp"

#include <cipherlane/ports/journal_record.hpp>

#include <vector>

namespace cipherlane::store {

/// The records in SQL. Values only: rules about states and keys are the journal's.

/// All columns of a record, in the order `read_record` takes them.
[[nodiscard]] std::string select_records(std::string_view where);
[[nodiscard]] ports::journal_record read_record(const statement& row);
[[nodiscard]] result<std::vector<ports::journal_record>> read_records(statement& query);

/// Writes a record and gives it its id.
[[nodiscard]] result<void> insert_record(database& on, ports::journal_record& record);
/// Writes what a verdict sets.
[[nodiscard]] result<void> update_record(
    database& on, std::uint64_t id, const ports::journal_verdict& verdict, std::int64_t decided_ms);

[[nodiscard]] std::int64_t to_ms(std::chrono::system_clock::time_point when) noexcept;

} // namespace cipherlane::store
