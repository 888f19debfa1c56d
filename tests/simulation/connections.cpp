#include "simulation/connections.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

// What the linker calls SQLite's own.
extern "C" {
int sqlite_opens(const char* path, sqlite3** to, int flags, const char* vfs) asm("__real_sqlite3_open_v2");
int sqlite_closes(sqlite3* on) asm("__real_sqlite3_close");
int sqlite_prepares(sqlite3* on, const char* sql, int size, unsigned flags, sqlite3_stmt** to, const char** tail) asm(
    "__real_sqlite3_prepare_v3");
int sqlite_finalizes(sqlite3_stmt* what) asm("__real_sqlite3_finalize");
// And what it calls instead.
int open_instead(const char* path, sqlite3** to, int flags, const char* vfs) asm("__wrap_sqlite3_open_v2");
int close_instead(sqlite3* on) asm("__wrap_sqlite3_close");
int prepare_instead(sqlite3* on, const char* sql, int size, unsigned flags, sqlite3_stmt** to, const char** tail) asm(
    "__wrap_sqlite3_prepare_v3");
int finalize_instead(sqlite3_stmt* what) asm("__wrap_sqlite3_finalize");
}

namespace cipherlane::simulation {
namespace {

/// A connection to a simulated disk, with its statements that nobody uses just now.
class connection {
  public:
    connection(sqlite3* handle, std::string path)
        : handle_(handle)
        , path_(std::move(path)) {}
    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;
    ~connection() {
        for (const auto& [sql, idle] : statements_)
            sqlite_finalizes(idle);
        sqlite_closes(handle_);
    }

    [[nodiscard]] sqlite3* handle() const noexcept { return handle_; }
    [[nodiscard]] const std::string& path() const noexcept { return path_; }

    sqlite3_stmt* take(std::string_view sql) {
        const auto found = statements_.find(sql);
        if (found == statements_.end()) return nullptr;
        auto* const taken = found->second;
        statements_.erase(found);
        return taken;
    }
    void give_back(sqlite3_stmt* used) {
        sqlite3_reset(used);
        sqlite3_clear_bindings(used);
        statements_.emplace(sqlite3_sql(used), used);
    }
    /// Nothing of its last life is under way.
    [[nodiscard]] bool comes_to_rest() const {
        if (sqlite3_get_autocommit(handle_) == 0) sqlite3_exec(handle_, "ROLLBACK", nullptr, nullptr, nullptr);
        return sqlite3_get_autocommit(handle_) != 0 && sqlite3_txn_state(handle_, nullptr) == SQLITE_TXN_NONE;
    }

  private:
    sqlite3* handle_;
    std::string path_;
    std::unordered_multimap<std::string_view, sqlite3_stmt*> statements_; ///< by their own text
};

using owned = std::unique_ptr<connection>;

/// Those of this thread.
struct known_connections {
    powerless_disk nobodys; ///< outlives the others
    std::vector<owned> open;
    std::vector<owned> idle;
    bool used_again = true;
    std::uint64_t times = 0;

    static owned take_from(std::vector<owned>& where, std::vector<owned>::iterator found) {
        auto taken = std::move(*found);
        where.erase(found);
        return taken;
    }
    connection* find(const sqlite3* handle) {
        const auto found =
            std::find_if(open.begin(), open.end(), [&](const owned& one) { return one->handle() == handle; });
        return found == open.end() ? nullptr : found->get();
    }
};

known_connections& here() {
    thread_local known_connections all;
    return all;
}

/// Pages in the log before it is written back. SQLite's thousand are read again at each start after a power cut,
/// which is most of what one takes; and the writing back is a place like others where the power goes.
constexpr int most_logged = 100;

/// What SQLite does to the files when their last connection is closed: the log goes into the file, and if that has
/// worked, away.
void write_back(sqlite3* on, const connection_files& files) {
    const int code = sqlite3_wal_checkpoint_v2(on, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
    if (code == SQLITE_OK) remove_log(files);
}

bool is_simulated(const char* vfs) {
    return vfs != nullptr && std::strcmp(vfs, vfs_name) == 0;
}

} // namespace

void use_connections_again(bool really) noexcept {
    here().used_again = really;
    if (!really) here().idle.clear();
}

std::uint64_t connections_used_again() noexcept {
    return here().times;
}

} // namespace cipherlane::simulation

using namespace cipherlane::simulation;

int open_instead(const char* path, sqlite3** to, int flags, const char* vfs) {
    if (!is_simulated(vfs) || (flags & SQLITE_OPEN_READWRITE) == 0) return sqlite_opens(path, to, flags, vfs);
    auto& all = here();
    const auto fits =
        std::find_if(all.idle.begin(), all.idle.end(), [&](const owned& one) { return one->path() == path; });
    if (fits != all.idle.end()) {
        const int code = take_up(files_of((*fits)->handle()));
        if (code == SQLITE_OK) {
            ++all.times;
            *to = (*fits)->handle();
            all.open.push_back(known_connections::take_from(all.idle, fits));
            return code;
        }
        // Where the file itself is not there, it is for SQLite to make it.
        if (code != SQLITE_NOTFOUND) {
            *to = nullptr;
            return code;
        }
    }
    const int code = sqlite_opens(path, to, flags, vfs);
    if (code != SQLITE_OK) return code;
    all.open.push_back(std::make_unique<connection>(*to, path));
    sqlite3_wal_autocheckpoint(*to, most_logged);
    return code;
}

int close_instead(sqlite3* on) {
    auto& all = here();
    const auto found =
        std::find_if(all.open.begin(), all.open.end(), [&](const owned& one) { return one->handle() == on; });
    if (found == all.open.end()) return sqlite_closes(on);
    auto ended = known_connections::take_from(all.open, found);
    const auto files = files_of(on);
    const bool useful = all.used_again && files.log != nullptr && ended->comes_to_rest();
    if (!useful) return SQLITE_OK; // closed with it
    if (!without_power(files)) write_back(on, files);
    if (put_away(on, files, all.nobodys)) all.idle.push_back(std::move(ended));
    return SQLITE_OK;
}

int prepare_instead(sqlite3* on, const char* sql, int size, unsigned flags, sqlite3_stmt** to, const char** tail) {
    if (auto* const known = here().find(on); known != nullptr && tail == nullptr) {
        if (auto* const idle = known->take(sql)) {
            *to = idle;
            return SQLITE_OK;
        }
    }
    return sqlite_prepares(on, sql, size, flags, to, tail);
}

int finalize_instead(sqlite3_stmt* what) {
    auto* const known = what == nullptr ? nullptr : here().find(sqlite3_db_handle(what));
    if (known == nullptr) return sqlite_finalizes(what);
    known->give_back(what);
    return SQLITE_OK;
}
