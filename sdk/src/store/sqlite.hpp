#pragma once

#include "checksum.hpp"
#include "statement_cache.hpp"

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/call.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/store/errc.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

struct sqlite3;
struct sqlite3_stmt;

namespace cipherlane::store {

/// What an SQLite code means here. The error names `operation`, never the statement's values.
[[nodiscard]] error sqlite_error(int code, std::string_view operation);

/// A value as `statement::add_to` adds it where it is stored.
void add_cell(checksum& sum, std::int64_t value) noexcept;
void add_cell(checksum& sum, std::string_view text) noexcept;
void add_cell(checksum& sum, byte_view data) noexcept;

/// A prepared statement, no longer-lived than its connection. Binding and stepping errors are kept and come out of
/// `step`.
class statement {
  public:
    static constexpr bool has_checksums = true; ///< its rows

    statement(statement_cache& home, sqlite3_stmt* prepared, int prepare_code) noexcept
        : home_(&home)
        , handle_(prepared)
        , code_(prepare_code) {}
    statement(statement&& other) noexcept
        : home_(other.home_)
        , handle_(std::exchange(other.handle_, nullptr))
        , code_(other.code_)
        , next_(other.next_) {}
    statement& operator=(statement&&) = delete;
    statement(const statement&) = delete;
    statement& operator=(const statement&) = delete;
    ~statement();

    /// Parameters in order. Text and bytes are copied.
    statement& bind(std::int64_t value);
    statement& bind(std::string_view text);
    statement& bind(byte_view data);
    statement& bind_null();

    /// True if there is a row to read.
    [[nodiscard]] result<bool> step();
    /// Runs a statement that gives no rows.
    [[nodiscard]] result<void> run();
    /// A change of one row. @return `store_errc::in_use` where there is none as the statement wants it.
    [[nodiscard]] result<void> run_one();

    [[nodiscard]] std::int64_t integer(int column) const;
    [[nodiscard]] std::string text(int column) const;
    [[nodiscard]] bytes blob(int column) const;
    [[nodiscard]] bool null(int column) const;
    /// The value as it is stored, its type with it.
    /// @return whether there is one.
    bool add_to(checksum& sum, int column) const;

  private:
    statement_cache* home_;
    sqlite3_stmt* handle_;
    int code_;
    int next_ = 1;
};

/// A connection. One thread at a time.
class database {
  public:
    using statement_type = statement;
    static constexpr bool looks_ahead = false; ///< a question costs no way
    static constexpr bool is_shared = false;   ///< its writer is one process
    static constexpr const char* newest_first = "ORDER BY id DESC";

    database() = default;
    database(database&& other) noexcept
        : handle_(std::exchange(other.handle_, nullptr))
        , idle_(std::move(other.idle_)) {}
    database& operator=(database&&) = delete;
    ~database();

    [[nodiscard]] static result<database> open(const std::string& path, int flags, const std::string& vfs = {});
    [[nodiscard]] statement prepare(const char* sql);
    /// Of any number of statements, which are parsed each time.
    [[nodiscard]] result<void> execute(const char* sql);
    /// One statement, which is parsed once.
    [[nodiscard]] result<void> run(const char* sql);
    [[nodiscard]] std::int64_t last_id() const;
    [[nodiscard]] std::uint64_t changes() const;
    [[nodiscard]] bool in_transaction() const;

    /// While it lives, locks that others hold are waited for as long as a call may take; then the operation ends with
    /// `store_errc::in_use`. Both must outlive it.
    class patience {
      public:
        patience(database& on, const call& bounds);
        patience(const patience&) = delete;
        patience& operator=(const patience&) = delete;
        ~patience();

      private:
        database* on_;
        const call* bounds_;
    };

  private:
    sqlite3* handle_ = nullptr;
    std::unique_ptr<statement_cache> idle_ = std::make_unique<statement_cache>(); // statements point at it
};

} // namespace cipherlane::store
