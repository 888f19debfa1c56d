#include "vfs_file.hpp"

#include "sqlite.hpp"

#include <sqlite3.h>

#include <utility>

namespace cipherlane::store {

struct vfs_file::state {
    explicit state(std::string at, std::size_t size)
        : path(std::move(at))
        , room(std::make_unique<std::byte[]>(size)) {}
    state(const state&) = delete;
    state& operator=(const state&) = delete;
    ~state() {
        if (file()->pMethods != nullptr) file()->pMethods->xClose(file());
    }
    [[nodiscard]] sqlite3_file* file() const noexcept { return reinterpret_cast<sqlite3_file*>(room.get()); }

    const std::string path; ///< the file system keeps a pointer to it
    const std::unique_ptr<std::byte[]> room;
};

namespace {

result<void> done(int code, std::string_view what) {
    if (code == SQLITE_OK) return {};
    return sqlite_error(code, what);
}

} // namespace

vfs_file::vfs_file(std::unique_ptr<state> opened) noexcept
    : state_(std::move(opened)) {}
vfs_file::vfs_file(vfs_file&&) noexcept = default;
vfs_file::~vfs_file() = default;

bool vfs_file::is_there(const std::string& vfs, const std::string& path) {
    auto* const system = sqlite3_vfs_find(vfs.c_str());
    int found = 0;
    return system != nullptr && system->xAccess(system, path.c_str(), SQLITE_ACCESS_EXISTS, &found) == SQLITE_OK &&
           found != 0;
}

result<vfs_file> vfs_file::open(const std::string& vfs, const std::string& path) {
    auto* const system = sqlite3_vfs_find(vfs.c_str());
    if (system == nullptr) return sqlite_error(SQLITE_CANTOPEN, "mark").at_endpoint(path);
    auto made = std::make_unique<state>(path, static_cast<std::size_t>(system->szOsFile));
    // Of the kinds of files that SQLite has, the one that is a file and nothing more.
    constexpr int how = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_SUPER_JOURNAL;
    const int code = system->xOpen(system, made->path.c_str(), made->file(), how, nullptr);
    if (code != SQLITE_OK) return sqlite_error(code, "mark").at_endpoint(path);
    return vfs_file(std::move(made));
}

result<std::string> vfs_file::read(std::size_t size) {
    std::string text(size, '\0');
    auto* const file = state_->file();
    const int code = file->pMethods->xRead(file, text.data(), static_cast<int>(size), 0);
    if (code != SQLITE_IOERR_SHORT_READ) CIPHERLANE_CHECK(done(code, "mark"));
    return text;
}

result<void> vfs_file::write(std::size_t at, std::string_view data) {
    auto* const file = state_->file();
    return done(
        file->pMethods->xWrite(file, data.data(), static_cast<int>(data.size()), static_cast<sqlite3_int64>(at)),
        "mark");
}

result<void> vfs_file::sync() {
    auto* const file = state_->file();
    return done(file->pMethods->xSync(file, SQLITE_SYNC_NORMAL), "mark");
}

} // namespace cipherlane::store
