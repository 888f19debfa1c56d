#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/call.hpp>
#include <cipherlane/core/result.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace cipherlane::store {

/// Counters that were taken for good: `count` of them from `first` on.
struct counter_range {
    std::uint64_t first = 0;
    std::uint64_t count = 0;
};

/// Counters in an SQLite file, or in a database that machines share (`postgresql://…`), that never give a value
/// twice, whatever ends the process or the power: a range is on the disk (rollback journal, `synchronous=EXTRA`)
/// before the caller learns of it. What a process took and did not use before it was killed stays unused.
///
/// Any number of processes may use one file beside each other. The file tells how many numbers were issued and is
/// made with mode 0600. A file that comes back from a backup is behind: `raise` it above the highest counter that is
/// in use before anything is taken, else numbers repeat. One thread at a time; distinct objects are independent.
///
/// Errors of all operations: `store_errc::too_late` (the deadline passed while others held the file; nothing was
/// taken), `cancelled` likewise, `disk_full`, `corrupt`, `io_failed`.
class number_counter {
  public:
    /// Makes the file if it is not there, and the tables of an address (`is_postgres_address`) if the role may.
    /// @return also `store_errc::cannot_open`, `database_lost`, `not_a_journal` (a file of another kind),
    /// `newer_schema`.
    [[nodiscard]] static result<number_counter> open(const std::string& path, const call& bounds);
    number_counter(number_counter&&) noexcept;
    number_counter& operator=(number_counter&&) noexcept;
    ~number_counter();

    /// Takes the next `count` values (at least 1) of the counter `name`, which begins at 0 and ends before
    /// `capacity`.
    /// @param key_check tells the key that goes with the counter (`number_plan::key_check_value`); kept at first use.
    /// @return also `crypto_errc::numbers_used_up` if fewer are left (nothing was taken); `store_errc::wrong_key` if
    /// the counter was begun with another key: its numbers would repeat.
    [[nodiscard]] result<counter_range> reserve(
        std::string_view name, std::uint64_t count, std::uint64_t capacity, byte_view key_check, const call& bounds);

    /// The value that would be taken next; 0 for a counter that was never used.
    [[nodiscard]] result<std::uint64_t> next(std::string_view name, const call& bounds);

    /// Sets the counter to at least `next`; never back. For files that come from a backup, and for numbers that were
    /// given out elsewhere.
    /// @return also `store_errc::wrong_key`.
    [[nodiscard]] result<void> raise(
        std::string_view name, std::uint64_t next, byte_view key_check, const call& bounds);

  private:
    struct state;
    explicit number_counter(std::unique_ptr<state> made) noexcept;
    std::unique_ptr<state> state_;
};

} // namespace cipherlane::store
