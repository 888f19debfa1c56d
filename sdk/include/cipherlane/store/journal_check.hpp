#pragma once

#include <cipherlane/core/call.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/ports/journal_record.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace cipherlane::store {

/// A record as it stands in the file.
struct journal_entry {
    ports::journal_record record;
    bool intact = true; ///< it is as it was written; else nothing in it is certain
};

/// Records that cannot be read at all, by their numbers.
struct lost_records {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    friend bool operator==(const lost_records&, const lost_records&) = default;
};

/// Reads a journal record by record, a damaged one, too: what cannot be read is left out and told. Changes nothing,
/// needs no key, works beside a running till. One thread at a time.
class journal_reader {
  public:
    /// @param path of a file, or the address of a database (`is_postgres_address`).
    /// @return `local_fault`: `store_errc::cannot_open`, `not_a_journal`, `newer_schema` (`not_a_journal` also for
    /// one of an older version: the till brings it up when it opens it), `corrupt` where not even its tables can be
    /// found.
    [[nodiscard]] static result<journal_reader> open(const std::string& path);
    journal_reader(journal_reader&&) noexcept;
    journal_reader& operator=(journal_reader&&) noexcept;
    ~journal_reader();

    /// The next record that can be read, in the order in which they were begun; nothing at the end.
    [[nodiscard]] result<std::optional<journal_entry>> next();
    /// What was passed over so far.
    [[nodiscard]] const std::vector<lost_records>& lost() const noexcept;

  private:
    struct state;
    explicit journal_reader(std::unique_ptr<state> made) noexcept;
    std::unique_ptr<state> state_;
};

/// What a check has found.
struct journal_findings {
    std::string id; ///< the journal's name, in hex; empty where it cannot be read
    std::uint64_t commits = 0;
    std::uint64_t records = 0;                  ///< that can be read
    std::vector<ports::journal_record> damaged; ///< of these, the ones that are not as they were written
    std::vector<lost_records> lost;             ///< cannot be read
    std::vector<lost_records> given_up;         ///< were lost before, and a salvage has left them behind
    std::vector<ports::journal_record> open;    ///< intact, and not decided: somebody must act on them
    std::vector<std::string> faults;            ///< of the file, in words; the mark's, too
    [[nodiscard]] bool whole() const noexcept { return damaged.empty() && lost.empty() && faults.empty(); }
};

/// Reads all of a journal, looks at every checksum and at the file's structure, and compares the mark. Takes time:
/// some seconds for a million records.
/// @param path as `journal_reader::open` takes it; of a database also whether its server keeps what it has written.
/// @param mark_path as in `sqlite_journal_settings`.
/// @return as `journal_reader::open`; `cancelled`, `timed_out`.
[[nodiscard]] result<journal_findings> check_journal(
    const std::string& path, const std::string& mark_path, const call& bounds);

/// What a salvage has brought over.
struct salvage_report {
    std::uint64_t records = 0;
    std::vector<ports::journal_record> damaged; ///< left behind, as they read
    std::vector<lost_records> lost;
    std::vector<std::string> remarks; ///< what else could not be brought over, and what stands in its place
};

/// Brings what can be read of a damaged journal into a new file, which keeps the name of the old one, so that the
/// sealed cards and the mark still fit. Records that are damaged are left behind: a person compares them with the
/// host. The old file is left as it is. The till must not be running.
/// @param into a file that is not there yet.
/// @return as `journal_reader::open`; `in_use` with a writer; of the new file `cannot_open`, `disk_full`.
[[nodiscard]] result<salvage_report> salvage_journal(
    const std::string& path, const std::string& mark_path, const std::string& into, const call& bounds);

} // namespace cipherlane::store
