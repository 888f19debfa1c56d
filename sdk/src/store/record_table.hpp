#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/ledger/record_set.hpp>
#include <cipherlane/ports/journal_record.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cipherlane::store {

class database;
class postgres_database;

/// The records in SQL. Values only: rules about states and keys are the journal's.

/// All columns of a record, in the order `read_record` takes them.
[[nodiscard]] std::string select_records(std::string_view where);
/// Into a record that is new: it has dozens of texts, and each place that it is moved through moves them all.
/// @return `store_errc::record_damaged` where it is not as it was written.
template <class Row>
[[nodiscard]] result<void> read_record(const Row& row, ports::journal_record& into);
/// As it stands there, and whether it is as it was written.
template <class Row>
[[nodiscard]] ports::journal_record read_fields(const Row& row);
template <class Row>
[[nodiscard]] bool intact(const Row& row);
/// Writes the checksum of a record that was read as intact and then changed.
[[nodiscard]] result<void> stamp_record(database& on, std::uint64_t id);
[[nodiscard]] result<void> stamp_record(postgres_database& on, std::uint64_t id);
template <class Query>
[[nodiscard]] result<std::vector<ports::journal_record>> read_records(Query& query);

/// Of a batch, in the order in which they were begun.
template <class Database>
[[nodiscard]] result<std::vector<ports::journal_record>> read_batch(
    Database& on, std::string_view terminal_id, std::uint32_t batch, const ledger::record_set& which);

/// The id of the next record.
[[nodiscard]] result<std::uint64_t> number_ahead(database& on);
[[nodiscard]] result<std::uint64_t> number_ahead(postgres_database& on);
/// Writes a record, which has its id, with its card and its checksum.
template <class Database>
[[nodiscard]] result<void> insert_record(
    Database& on, const ports::journal_record& record, const std::optional<bytes>& sealed_card);
/// Writes what a verdict sets, and the checksum.
/// @param row  where `record` was read, and still stands.
/// @param record one that has changed since is not written.
template <class Database, class Row>
[[nodiscard]] result<void> update_record(Database& on, const Row& row, const ports::journal_record& record,
    const ports::journal_verdict& verdict, std::int64_t decided_ms);
/// Whether the books, as they are open here, have begun it over whatever connection; of a file: always.
[[nodiscard]] result<bool> was_begun_here(database& on, std::uint64_t id);
[[nodiscard]] result<bool> was_begun_here(postgres_database& on, std::uint64_t id);

[[nodiscard]] std::int64_t to_ms(std::chrono::system_clock::time_point when) noexcept;

} // namespace cipherlane::store
