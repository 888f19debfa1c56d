#pragma once

#include <cipherlane/core/call.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/ports/limit_totals.hpp>

#include <memory>
#include <string>

namespace cipherlane::store {

/// Running totals in an SQLite file (mode 0600, `synchronous=EXTRA`), or in a database (`postgresql://…`), that any
/// number of processes use beside each other. Subjects are kept as they are given: where one is an identity document,
/// give its digest. What is two years older than the period that is taken of goes.
///
/// Errors of all operations: `store_errc::too_late` (the deadline passed while others held the file, or other threads
/// this object; nothing was changed), `cancelled` likewise, `disk_full`, `corrupt`, `io_failed`.
class sqlite_limit_totals final : public ports::limit_totals {
  public:
    /// Makes the file if it is not there, and the tables of an address (`is_postgres_address`) if the role may.
    /// @return also `store_errc::cannot_open`, `database_lost`, `not_a_journal` (a file of another kind),
    /// `newer_schema`.
    [[nodiscard]] static result<std::unique_ptr<sqlite_limit_totals>> open(
        const std::string& path, const call& bounds);
    ~sqlite_limit_totals() override;

    [[nodiscard]] result<ports::total_taking> take(std::string_view payment, std::string_view subject,
        std::int64_t minor, std::span<const ports::period_limit> limits, const call& bounds) override;
    [[nodiscard]] result<void> give_back(std::string_view payment, std::int64_t minor, const call& bounds) override;
    [[nodiscard]] result<bool> take_again(std::string_view payment, std::int64_t minor, const call& bounds) override;
    [[nodiscard]] result<std::int64_t> taken(
        std::string_view subject, std::string_view period, const call& bounds) override;

  private:
    struct state;
    explicit sqlite_limit_totals(std::unique_ptr<state> made) noexcept;
    std::unique_ptr<state> state_;
};

} // namespace cipherlane::store
