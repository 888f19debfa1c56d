#pragma once

#include <cipherlane/ports/store.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace cipherlane::store {

enum class journal_access : std::uint8_t {
    read_write, ///< of a file: one process at a time; of a database: one a terminal
    read_only,  ///< beside a running till, for people: no card data comes out
};

/// What a journal has done since it was opened.
struct journal_statistics {
    std::uint64_t operations = 0;
    std::uint64_t durable_operations = 0;
    std::uint64_t commits = 0; ///< each waits for the disk once, however many operations it carries
};

/// A journal that outlives the process: in a file (`sqlite_journal`) or in a database that several machines share
/// (`postgres_journal`). Thread-safe. Destroying it waits for what is queued.
class journal : public ports::store {
  public:
    [[nodiscard]] virtual journal_statistics statistics() const noexcept = 0;
    /// All records of a terminal (of all if the name is empty), oldest first, at most `limit` of the newest.
    [[nodiscard]] virtual result<std::vector<ports::journal_record>> list(
        std::string_view terminal_id, std::size_t limit, const call& bounds) = 0;
};

} // namespace cipherlane::store
