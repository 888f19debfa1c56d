#pragma once

#include <cstddef>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace cipherlane::store {

/// Statements of one connection that nobody uses just now, by their text. SQL is parsed and planned at its first use
/// only: that was two fifths of a payment's time in the journal. A statement lies here reset and without bound
/// values, so that it holds no lock and no card.
///
/// One thread at a time, as the connection; must be gone before the connection is closed.
class statement_cache {
  public:
    static constexpr std::size_t most = 64;

    statement_cache() = default;
    statement_cache(const statement_cache&) = delete;
    statement_cache& operator=(const statement_cache&) = delete;
    ~statement_cache();

    /// An idle statement of this text, now the caller's; null where there is none.
    [[nodiscard]] sqlite3_stmt* take(const char* sql);
    void give_back(sqlite3_stmt* used) noexcept;

  private:
    struct known {
        sqlite3_stmt* what;
        const char* asked_by; ///< where the text stood that it was last taken by: it is nearly always the same place
        bool idle;
    };
    [[nodiscard]] known* find(const char* sql) noexcept;

    std::vector<known> all_; ///< those that are in use, too
};

} // namespace cipherlane::store
