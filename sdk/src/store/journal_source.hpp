#pragma once

#include <cipherlane/store/journal_check.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace cipherlane::store {

/// Where a reader of a whole journal has its records from.
class journal_source {
  public:
    journal_source() = default;
    journal_source(const journal_source&) = delete;
    journal_source& operator=(const journal_source&) = delete;
    virtual ~journal_source() = default;
    [[nodiscard]] virtual result<std::optional<journal_entry>> next() = 0;
    std::vector<lost_records> lost;
};

/// The books at an address, page by page.
/// @return as `postgres_journal::open`.
[[nodiscard]] result<std::unique_ptr<journal_source>> read_postgres_books(const std::string& address);
/// What can be found out about them besides the records: their name, how many commits they have seen, faults.
[[nodiscard]] result<void> check_postgres_books(const std::string& address, journal_findings& found);

} // namespace cipherlane::store
