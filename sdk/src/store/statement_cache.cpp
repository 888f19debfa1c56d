#include "statement_cache.hpp"

#include <sqlite3.h>

#include <new>

namespace cipherlane::store {

statement_cache::~statement_cache() {
    for (const auto& [sql, idle] : idle_)
        sqlite3_finalize(idle);
}

sqlite3_stmt* statement_cache::take(std::string_view sql) {
    const auto found = idle_.find(sql);
    if (found == idle_.end()) return nullptr;
    auto* const taken = found->second;
    idle_.erase(found);
    return taken;
}

void statement_cache::give_back(sqlite3_stmt* used) noexcept {
    if (used == nullptr) return;
    sqlite3_reset(used); // says again how its last step ended, which was told then
    sqlite3_clear_bindings(used);
    if (idle_.size() < most) {
        try {
            idle_.emplace(sqlite3_sql(used), used);
            return;
        } catch (const std::bad_alloc&) { // it is prepared anew the next time
        }
    }
    sqlite3_finalize(used);
}

} // namespace cipherlane::store
