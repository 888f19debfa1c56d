#include "simkit/database.hpp"

#include <sqlite3.h>

#include <stdexcept>
#include <utility>

namespace cipherlane::sim {
namespace {

void check(sqlite3* on, int code) {
    if (code != SQLITE_OK && code != SQLITE_ROW && code != SQLITE_DONE) {
        throw std::runtime_error(std::string("ledger: ") + sqlite3_errmsg(on));
    }
}

} // namespace

statement::statement(database& on, std::string_view sql)
    : on_(on.handle_) {
    check(on_, sqlite3_prepare_v2(on_, sql.data(), static_cast<int>(sql.size()), &handle_, nullptr));
}

statement::statement(statement&& other) noexcept
    : on_(other.on_)
    , handle_(std::exchange(other.handle_, nullptr))
    , bound_(other.bound_) {}

statement::~statement() {
    sqlite3_finalize(handle_);
}

statement& statement::bind(std::int64_t value) {
    check(on_, sqlite3_bind_int64(handle_, ++bound_, value));
    return *this;
}

statement& statement::bind(std::string_view value) {
    check(on_, sqlite3_bind_text(
                   handle_, ++bound_, value.data(), static_cast<int>(value.size()), SQLITE_TRANSIENT)); // NOLINT
    return *this;
}

bool statement::step() {
    const int code = sqlite3_step(handle_);
    check(on_, code);
    return code == SQLITE_ROW;
}

std::int64_t statement::integer(int column) const {
    return sqlite3_column_int64(handle_, column);
}

std::string statement::text(int column) const {
    const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(handle_, column));
    return data == nullptr ? std::string{}
                           : std::string(data, static_cast<std::size_t>(sqlite3_column_bytes(handle_, column)));
}

database::database(const std::string& path) {
    if (sqlite3_open(path.c_str(), &handle_) != SQLITE_OK) {
        const std::string why = sqlite3_errmsg(handle_);
        sqlite3_close(handle_);
        throw std::runtime_error("ledger " + path + ": " + why);
    }
    execute("PRAGMA busy_timeout=2000"); // first: whoever was killed over the file may be going still
    execute("PRAGMA journal_mode=WAL");
    execute("PRAGMA synchronous=FULL");
}

database::~database() {
    sqlite3_close(handle_);
}

void database::execute(const char* sql) {
    check(handle_, sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr));
}

std::int64_t database::last_id() const {
    return sqlite3_last_insert_rowid(handle_);
}

int database::changes() const {
    return sqlite3_changes(handle_);
}

transaction::~transaction() {
    if (!open_) return;
    try {
        on_.execute("ROLLBACK");
    } catch (const std::exception&) {
        // SQLite has rolled back by itself already.
    }
}

void transaction::commit() {
    on_.execute("COMMIT");
    open_ = false;
}

} // namespace cipherlane::sim
