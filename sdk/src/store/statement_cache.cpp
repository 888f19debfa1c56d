#include "statement_cache.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <cstring>
#include <new>

namespace cipherlane::store {
namespace {

bool is_of(sqlite3_stmt* prepared, const char* sql) noexcept {
    return std::strcmp(sqlite3_sql(prepared), sql) == 0;
}

} // namespace

statement_cache::~statement_cache() {
    for (const auto& one : all_) {
        if (one.idle) sqlite3_finalize(one.what);
    }
}

/// The place alone is not enough: another text may stand there now.
statement_cache::known* statement_cache::find(const char* sql) noexcept {
    for (auto& one : all_) {
        if (one.asked_by == sql && one.idle && is_of(one.what, sql)) return &one;
    }
    for (auto& one : all_) {
        if (one.idle && is_of(one.what, sql)) return &one;
    }
    return nullptr;
}

sqlite3_stmt* statement_cache::take(const char* sql) {
    auto* const found = find(sql);
    if (found == nullptr) return nullptr;
    found->asked_by = sql;
    found->idle = false;
    return found->what;
}

void statement_cache::give_back(sqlite3_stmt* used) noexcept {
    if (used == nullptr) return;
    sqlite3_reset(used); // says again how its last step ended, which was told then
    sqlite3_clear_bindings(used);
    const auto known_one = std::find_if(all_.begin(), all_.end(), [&](const known& one) { return one.what == used; });
    if (known_one != all_.end()) {
        known_one->idle = true;
        return;
    }
    if (all_.size() < most) {
        try {
            all_.push_back({used, nullptr, true});
            return;
        } catch (const std::bad_alloc&) { // it is prepared anew the next time
        }
    }
    sqlite3_finalize(used);
}

} // namespace cipherlane::store
