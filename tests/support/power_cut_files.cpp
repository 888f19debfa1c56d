#include "support/power_cut_files.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <new>
#include <random>
#include <set>
#include <stdexcept>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace cipherlane::tests {
namespace {

constexpr std::size_t sector = 512;

/// What was done to a file since its last sync, in order.
struct change {
    sqlite3_int64 at = 0; ///< of a truncation: the size
    std::vector<unsigned char> data;
    bool truncates = false;
};

/// One file of the disk, whatever its names and however often it is open.
struct disk_file {
    std::vector<change> unsynced;
    sqlite3_int64 size = 0; ///< with them
};

using identity = std::pair<dev_t, ino_t>;

struct open_file;

struct machine {
    std::mutex guard;
    sqlite3_vfs* system = nullptr;
    std::map<identity, std::shared_ptr<disk_file>> files;
    std::set<open_file*> open;
    power_cut cut;
    std::uint64_t done = 0;
};

machine& here() {
    static auto* const one = new machine; // outlives every database
    return *one;
}

struct open_file {
    sqlite3_file base; // first, as SQLite sees no more of it
    std::shared_ptr<disk_file> what;
    std::string name;
    sqlite3_file* beneath;
};

open_file& of(sqlite3_file* file) noexcept {
    return *reinterpret_cast<open_file*>(file);
}
sqlite3_file* beneath(sqlite3_file* file) noexcept {
    return of(file).beneath;
}

int apply(sqlite3_file* to, const change& one) {
    if (one.truncates) return to->pMethods->xTruncate(to, one.at);
    return to->pMethods->xWrite(to, one.data.data(), static_cast<int>(one.data.size()), one.at);
}

int write_out(open_file& from) {
    for (const auto& one : from.what->unsynced)
        if (const int code = apply(from.beneath, one); code != SQLITE_OK) return code;
    from.what->unsynced.clear();
    return SQLITE_OK;
}

/// What a disk makes of it: each change whole, not at all, or some of its sectors.
void tear(open_file& of_file, std::mt19937_64& random) {
    for (const auto& one : of_file.what->unsynced) {
        const auto fate = random() % 3;
        if (fate == 0) continue;
        if (fate == 1 || one.truncates) {
            (void)apply(of_file.beneath, one);
            continue;
        }
        for (std::size_t at = 0; at < one.data.size(); at += sector) {
            if (random() % 2 == 0) continue;
            const auto size = std::min(sector, one.data.size() - at);
            change piece;
            piece.at = one.at + static_cast<sqlite3_int64>(at);
            piece.data.assign(one.data.begin() + static_cast<std::ptrdiff_t>(at),
                one.data.begin() + static_cast<std::ptrdiff_t>(at + size));
            (void)apply(of_file.beneath, piece);
        }
    }
    of_file.what->unsynced.clear(); // it may be open twice
}

void count() {
    auto& all = here();
    if (all.cut.operations == 0 || ++all.done != all.cut.operations) return;
    std::mt19937_64 random(all.cut.seed);
    for (auto* const one : all.open)
        tear(*one, random);
    (void)::kill(::getpid(), SIGKILL);
    for (;;)
        ::pause();
}

int close_file(sqlite3_file* file) {
    auto& opened = of(file);
    int code = SQLITE_OK;
    {
        const std::scoped_lock lock(here().guard);
        code = write_out(opened); // nobody would do it later, where the process ends in peace
        here().open.erase(&opened);
    }
    auto* const under = opened.beneath;
    const int closed = under->pMethods->xClose(under);
    opened.~open_file();
    return code != SQLITE_OK ? code : closed;
}

int read_file(sqlite3_file* file, void* to, int size, sqlite3_int64 at) {
    const std::scoped_lock lock(here().guard);
    auto& opened = of(file);
    int code = opened.beneath->pMethods->xRead(opened.beneath, to, size, at); // fills up with zeros
    if (opened.what->unsynced.empty()) return code;
    if (code != SQLITE_OK && code != SQLITE_IOERR_SHORT_READ) return code;
    auto* const out = static_cast<unsigned char*>(to);
    const auto end = at + size;
    for (const auto& one : opened.what->unsynced) {
        const auto from = std::max(one.at, at);
        if (one.truncates) {
            if (from < end) std::memset(out + (from - at), 0, static_cast<std::size_t>(end - from));
            continue;
        }
        const auto until = std::min(one.at + static_cast<sqlite3_int64>(one.data.size()), end);
        if (from < until)
            std::memcpy(out + (from - at), one.data.data() + (from - one.at), static_cast<std::size_t>(until - from));
    }
    return end <= opened.what->size ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

int write_file(sqlite3_file* file, const void* from, int size, sqlite3_int64 at) {
    const std::scoped_lock lock(here().guard);
    auto& opened = of(file);
    if (opened.what->unsynced.empty()) {
        if (const int code = opened.beneath->pMethods->xFileSize(opened.beneath, &opened.what->size);
            code != SQLITE_OK)
            return code;
    }
    const auto* const data = static_cast<const unsigned char*>(from);
    opened.what->unsynced.push_back({at, {data, data + size}, false});
    opened.what->size = std::max(opened.what->size, at + size);
    count();
    return SQLITE_OK;
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
    const std::scoped_lock lock(here().guard);
    auto& opened = of(file);
    opened.what->unsynced.push_back({size, {}, true});
    opened.what->size = size;
    count();
    return SQLITE_OK;
}

int sync_file(sqlite3_file* file, int /*flags*/) {
    const std::scoped_lock lock(here().guard);
    auto& opened = of(file);
    count();
    return write_out(opened); // the machine itself stays up: no need to wait for its disk
}

int size_of_file(sqlite3_file* file, sqlite3_int64* size) {
    const std::scoped_lock lock(here().guard);
    auto& opened = of(file);
    if (opened.what->unsynced.empty()) return opened.beneath->pMethods->xFileSize(opened.beneath, size);
    *size = opened.what->size;
    return SQLITE_OK;
}

int lock_file(sqlite3_file* file, int how) {
    return beneath(file)->pMethods->xLock(beneath(file), how);
}
int unlock_file(sqlite3_file* file, int how) {
    return beneath(file)->pMethods->xUnlock(beneath(file), how);
}
int is_reserved(sqlite3_file* file, int* answer) {
    return beneath(file)->pMethods->xCheckReservedLock(beneath(file), answer);
}
/// Hints of sizes would change the file behind our back.
int control_file(sqlite3_file* file, int what, void* with) {
    if (what == SQLITE_FCNTL_SIZE_HINT || what == SQLITE_FCNTL_CHUNK_SIZE) return SQLITE_OK;
    return beneath(file)->pMethods->xFileControl(beneath(file), what, with);
}
int sector_size(sqlite3_file* file) {
    return beneath(file)->pMethods->xSectorSize(beneath(file));
}
int characteristics(sqlite3_file* file) {
    return beneath(file)->pMethods->xDeviceCharacteristics(beneath(file));
}
int map_region(sqlite3_file* file, int region, int size, int extends, volatile void** to) {
    return beneath(file)->pMethods->xShmMap(beneath(file), region, size, extends, to);
}
int lock_region(sqlite3_file* file, int offset, int count_of, int flags) {
    return beneath(file)->pMethods->xShmLock(beneath(file), offset, count_of, flags);
}
void barrier(sqlite3_file* file) {
    beneath(file)->pMethods->xShmBarrier(beneath(file));
}
int unmap_regions(sqlite3_file* file, int removes) {
    return beneath(file)->pMethods->xShmUnmap(beneath(file), removes);
}

const sqlite3_io_methods methods = {2, close_file, read_file, write_file, truncate_file, sync_file, size_of_file,
    lock_file, unlock_file, is_reserved, control_file, sector_size, characteristics, map_region, lock_region, barrier,
    unmap_regions, nullptr, nullptr};

/// Known by its inode: a new journal gets its name when it is whole.
std::shared_ptr<disk_file> known(const char* name) {
    struct ::stat found {};
    if (::stat(name, &found) != 0) return std::make_shared<disk_file>();
    auto& one = here().files[{found.st_dev, found.st_ino}];
    if (!one) one = std::make_shared<disk_file>();
    return one;
}

int open_named(sqlite3_vfs*, sqlite3_filename name, sqlite3_file* file, int flags, int* out) {
    auto* const system = here().system;
    file->pMethods = nullptr;
    constexpr int kept = SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL;
    if (name == nullptr || (flags & kept) == 0) return system->xOpen(system, name, file, flags, out);
    auto* const made = new (file) open_file{};
    made->beneath = reinterpret_cast<sqlite3_file*>(reinterpret_cast<unsigned char*>(file) + sizeof(open_file));
    const int code = system->xOpen(system, name, made->beneath, flags, out);
    if (code != SQLITE_OK) {
        made->~open_file();
        file->pMethods = nullptr;
        return code;
    }
    const std::scoped_lock lock(here().guard);
    made->what = known(name);
    here().open.insert(made);
    made->base.pMethods = &methods;
    return SQLITE_OK;
}

int remove_named(sqlite3_vfs*, const char* name, int sync) {
    {
        const std::scoped_lock lock(here().guard);
        struct ::stat found {};
        if (::stat(name, &found) == 0) here().files.erase({found.st_dev, found.st_ino});
    }
    return here().system->xDelete(here().system, name, sync);
}

} // namespace

void lose_power_with_process(power_cut when) {
    auto& all = here();
    all.system = sqlite3_vfs_find(nullptr);
    all.cut = when;
    static sqlite3_vfs ours = *all.system;
    ours.zName = "power-cut";
    ours.pNext = nullptr;
    ours.szOsFile = static_cast<int>(sizeof(open_file)) + all.system->szOsFile;
    ours.xOpen = open_named;
    ours.xDelete = remove_named;
    if (sqlite3_vfs_register(&ours, 1) != SQLITE_OK) throw std::runtime_error("no file system for SQLite");
}

} // namespace cipherlane::tests
