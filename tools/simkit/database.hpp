#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace cipherlane::sim {

class database;

/// One prepared statement on its way through its rows. Throws `std::runtime_error` when SQLite refuses: a simulator
/// that cannot keep its books must not go on.
class statement {
  public:
    statement(database& on, std::string_view sql);
    statement(statement&& other) noexcept;
    statement(const statement&) = delete;
    statement& operator=(const statement&) = delete;
    ~statement();

    statement& bind(std::int64_t value);
    statement& bind(std::string_view value);
    /// True while there is a row.
    [[nodiscard]] bool step();
    /// Runs a statement that gives no rows.
    void run() { (void)step(); }

    [[nodiscard]] std::int64_t integer(int column) const;
    [[nodiscard]] std::string text(int column) const;

  private:
    sqlite3* on_;
    sqlite3_stmt* handle_ = nullptr;
    int bound_ = 0;
};

/// A SQLite file (or ":memory:") in WAL mode with full sync.
class database {
  public:
    explicit database(const std::string& path);
    database(const database&) = delete;
    database& operator=(const database&) = delete;
    ~database();

    void execute(const char* sql);
    [[nodiscard]] statement prepare(std::string_view sql) { return {*this, sql}; }
    [[nodiscard]] std::int64_t last_id() const;
    [[nodiscard]] int changes() const;

  private:
    friend class statement;
    sqlite3* handle_ = nullptr;
};

/// Commits at `commit()`, else rolls back when it goes out of scope.
class transaction {
  public:
    explicit transaction(database& on)
        : on_(on) {
        on_.execute("BEGIN IMMEDIATE");
    }
    transaction(const transaction&) = delete;
    transaction& operator=(const transaction&) = delete;
    ~transaction();
    void commit();

  private:
    database& on_;
    bool open_ = true;
};

} // namespace cipherlane::sim
