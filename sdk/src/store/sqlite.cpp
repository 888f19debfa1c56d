#include "sqlite.hpp"

#include <cipherlane/core/pause.hpp>

#include <sqlite3.h>

namespace cipherlane::store {
namespace {

constexpr int usual_patience = 2000; // ms; readers beside us hold locks for moments only

/// SQLite asks whether to try again for a lock.
int wait_for_lock(void* bounds, int /*tries*/) {
    const auto& caller = *static_cast<const call*>(bounds);
    if (caller.stopped() || caller.until().passed()) return 0;
    pause(caller.no_later_than(std::chrono::milliseconds(1)));
    return 1;
}

} // namespace

error sqlite_error(int code, std::string_view operation) {
    store_errc what = store_errc::io_failed;
    switch (code & 0xFF) {
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_READONLY:
    case SQLITE_AUTH: what = store_errc::cannot_open; break;
    case SQLITE_BUSY:
    case SQLITE_LOCKED: what = store_errc::in_use; break;
    case SQLITE_NOTADB: what = store_errc::not_a_journal; break;
    case SQLITE_CORRUPT: what = store_errc::corrupt; break;
    case SQLITE_FULL: what = store_errc::disk_full; break;
    default: break;
    }
    return error(what, layer::store).during(operation).with_peer_code(std::to_string(code));
}

void add_cell(checksum& sum, std::int64_t value) noexcept {
    sum.add(std::int64_t{SQLITE_INTEGER});
    sum.add(value);
}
void add_cell(checksum& sum, std::string_view text) noexcept {
    sum.add(std::int64_t{SQLITE_TEXT});
    sum.add(as_bytes(text));
}
void add_cell(checksum& sum, byte_view data) noexcept {
    sum.add(std::int64_t{SQLITE_BLOB});
    sum.add(data);
}

statement::~statement() {
    home_->give_back(handle_);
}

statement& statement::bind(std::int64_t value) {
    if (code_ == SQLITE_OK) code_ = sqlite3_bind_int64(handle_, next_++, value);
    return *this;
}

statement& statement::bind(std::string_view text) {
    if (code_ == SQLITE_OK) {
        code_ = sqlite3_bind_text64(
            handle_, next_++, text.data() == nullptr ? "" : text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
    }
    return *this;
}

statement& statement::bind(byte_view data) {
    static constexpr std::uint8_t none = 0;
    if (code_ == SQLITE_OK) {
        code_ =
            sqlite3_bind_blob64(handle_, next_++, data.empty() ? &none : data.data(), data.size(), SQLITE_TRANSIENT);
    }
    return *this;
}

statement& statement::bind_null() {
    if (code_ == SQLITE_OK) code_ = sqlite3_bind_null(handle_, next_++);
    return *this;
}

result<bool> statement::step() {
    if (code_ != SQLITE_OK) return sqlite_error(code_, "prepare");
    const int code = sqlite3_step(handle_);
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    return sqlite_error(code, "step");
}

result<void> statement::run_one() {
    CIPHERLANE_CHECK(run());
    if (sqlite3_changes64(sqlite3_db_handle(handle_)) == 1) return {};
    return error(store_errc::in_use, layer::store).during("change");
}

result<void> statement::run() {
    CIPHERLANE_TRY([[maybe_unused]] const bool row, step());
    return {};
}

std::int64_t statement::integer(int column) const {
    return sqlite3_column_int64(handle_, column);
}

// A record is some sixty cells, read for its fields and for its checksum, and finding a cell costs more than looking
// at it: it is found once. Connections are opened without a mutex, so that a value may be read where it lies.

std::string statement::text(int column) const {
    auto* const cell = sqlite3_column_value(handle_, column);
    const auto* data = reinterpret_cast<const char*>(sqlite3_value_text(cell));
    return data == nullptr ? std::string() : std::string(data, static_cast<std::size_t>(sqlite3_value_bytes(cell)));
}

bytes statement::blob(int column) const {
    auto* const cell = sqlite3_column_value(handle_, column);
    const auto* data = static_cast<const std::uint8_t*>(sqlite3_value_blob(cell));
    return data == nullptr ? bytes() : bytes(data, data + sqlite3_value_bytes(cell));
}

bool statement::null(int column) const {
    return sqlite3_column_type(handle_, column) == SQLITE_NULL;
}

bool statement::add_to(checksum& sum, int column) const {
    auto* const cell = sqlite3_column_value(handle_, column);
    const int type = sqlite3_value_type(cell);
    sum.add(std::int64_t{type});
    if (type == SQLITE_INTEGER) {
        sum.add(std::int64_t{sqlite3_value_int64(cell)});
        return true;
    }
    if (type == SQLITE_NULL) return false;
    const auto* data = static_cast<const std::uint8_t*>(sqlite3_value_blob(cell));
    const auto size = static_cast<std::size_t>(sqlite3_value_bytes(cell));
    sum.add(data == nullptr ? byte_view() : byte_view(data, size));
    return true;
}

database::~database() {
    idle_.reset();
    sqlite3_close(handle_);
}

result<database> database::open(const std::string& path, int flags, const std::string& vfs) {
    database opened;
    const char* where = vfs.empty() ? nullptr : vfs.c_str();
    const int code = sqlite3_open_v2(path.c_str(), &opened.handle_, flags | SQLITE_OPEN_NOMUTEX, where);
    if (code != SQLITE_OK) return sqlite_error(code, "open").at_endpoint(path);
    sqlite3_extended_result_codes(opened.handle_, 1);
    sqlite3_busy_timeout(opened.handle_, usual_patience);
    return opened;
}

statement database::prepare(const char* sql) {
    if (auto* const known = idle_->take(sql)) return {*idle_, known, SQLITE_OK};
    sqlite3_stmt* prepared = nullptr;
    const int code = sqlite3_prepare_v3(handle_, sql, -1, SQLITE_PREPARE_PERSISTENT, &prepared, nullptr);
    return {*idle_, prepared, code};
}

result<void> database::execute(const char* sql) {
    const int code = sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) return sqlite_error(code, std::string_view(sql).substr(0, 16));
    return {};
}

result<void> database::run(const char* sql) {
    const auto done = prepare(sql).run();
    if (!done) return error(done.error()).during(std::string_view(sql).substr(0, 16));
    return {};
}

std::int64_t database::last_id() const {
    return sqlite3_last_insert_rowid(handle_);
}
std::uint64_t database::changes() const {
    return static_cast<std::uint64_t>(sqlite3_changes64(handle_));
}
bool database::in_transaction() const {
    return sqlite3_get_autocommit(handle_) == 0;
}

database::patience::patience(database& on, const call& bounds)
    : on_(&on)
    , bounds_(&bounds) {
    sqlite3_busy_handler(on_->handle_, wait_for_lock, const_cast<call*>(bounds_));
}

database::patience::~patience() {
    sqlite3_busy_timeout(on_->handle_, usual_patience);
}

} // namespace cipherlane::store
