// What SQLite asks of a file system, answered from the disk in memory.
#include "simulation/connections.hpp"
#include "simulation/disk.hpp"
#include "simulation/log_salts.hpp"
#include "simulation/quick_memory.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <malloc.h>
#include <new>
#include <utility>

namespace cipherlane::simulation {

const char* const vfs_name = "cipherlane-simulation";

namespace {

constexpr int most_kept = 64 * 1024 * 1024;

thread_local disk* on_thread = nullptr;

/// The wal-index, which lives in memory and dies with the process.
using shared_regions = std::vector<std::unique_ptr<std::array<unsigned char, 32768>>>;

struct open_file {
    sqlite3_file base; // first, as SQLite sees no more of it
    disk* on;
    disk::file what;
    std::string name;
    bool syncs_names;
    bool goes_when_closed;
    shared_regions regions;
};

open_file& of(sqlite3_file* file) noexcept {
    return *reinterpret_cast<open_file*>(file);
}

/// SQLite reads the log anew.
void forget_index(open_file& main) noexcept {
    for (auto& region : main.regions)
        region->fill(0);
}

int code_of(fault what, int otherwise) noexcept {
    switch (what) {
    case fault::none: return SQLITE_OK;
    case fault::disk_full: return SQLITE_FULL;
    default: return otherwise;
    }
}

int close_file(sqlite3_file* file) {
    auto& opened = of(file);
    if (opened.goes_when_closed && !opened.on->where().off()) opened.on->remove(opened.name);
    opened.~open_file();
    return SQLITE_OK;
}

int read_file(sqlite3_file* file, void* to, int size, sqlite3_int64 at) {
    auto& opened = of(file);
    if (opened.on->where().off()) return SQLITE_IOERR_READ;
    const auto content = opened.what->content();
    const auto begin = std::min(static_cast<std::size_t>(at), content.size());
    const auto count = std::min(static_cast<std::size_t>(size), content.size() - begin);
    if (count > 0) std::memcpy(to, content.data() + begin, count);
    if (count == static_cast<std::size_t>(size)) return SQLITE_OK;
    std::memset(static_cast<char*>(to) + count, 0, static_cast<std::size_t>(size) - count);
    return SQLITE_IOERR_SHORT_READ;
}

int write_file(sqlite3_file* file, const void* from, int size, sqlite3_int64 at) {
    auto& opened = of(file);
    const byte_view data(static_cast<const std::uint8_t*>(from), static_cast<std::size_t>(size));
    return code_of(opened.on->write(*opened.what, static_cast<std::size_t>(at), data), SQLITE_IOERR_WRITE);
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
    auto& opened = of(file);
    return code_of(opened.on->truncate(*opened.what, static_cast<std::size_t>(size)), SQLITE_IOERR_TRUNCATE);
}

int sync_file(sqlite3_file* file, int /*flags*/) {
    auto& opened = of(file);
    const auto wrong = opened.on->sync(*opened.what);
    if (wrong == fault::none && opened.syncs_names) {
        if (opened.on->wrong != disk_fault::loses_names) opened.on->sync_names();
        opened.syncs_names = false;
    }
    return code_of(wrong, SQLITE_IOERR_FSYNC);
}

int size_of_file(sqlite3_file* file, sqlite3_int64* size) {
    if (of(file).on->where().off()) return SQLITE_IOERR_FSTAT;
    *size = static_cast<sqlite3_int64>(of(file).what->content().size());
    return SQLITE_OK;
}

int lock_file(sqlite3_file*, int) {
    return SQLITE_OK;
}
int is_reserved(sqlite3_file*, int* answer) {
    *answer = 0;
    return SQLITE_OK;
}
int control_file(sqlite3_file*, int, void*) {
    return SQLITE_NOTFOUND;
}
int sector_size(sqlite3_file*) {
    return 4096;
}
/// As on the file systems of every day: a write touches no byte beside it.
int characteristics(sqlite3_file*) {
    return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

int map_region(sqlite3_file* file, int region, int /*size*/, int extends, volatile void** to) {
    auto& regions = of(file).regions;
    const auto wanted = static_cast<std::size_t>(region);
    if (wanted >= regions.size()) {
        *to = nullptr;
        if (extends == 0) return SQLITE_OK;
        while (regions.size() <= wanted)
            regions.push_back(std::make_unique<std::array<unsigned char, 32768>>());
    }
    *to = regions[wanted]->data();
    return SQLITE_OK;
}
int lock_region(sqlite3_file*, int, int, int) {
    return SQLITE_OK;
}
void barrier(sqlite3_file*) {}
int unmap_regions(sqlite3_file* file, int) {
    of(file).regions.clear();
    return SQLITE_OK;
}

const sqlite3_io_methods methods = {2, close_file, read_file, write_file, truncate_file, sync_file, size_of_file,
    lock_file, lock_file, is_reserved, control_file, sector_size, characteristics, map_region, lock_region, barrier,
    unmap_regions, nullptr, nullptr};

int open_named(sqlite3_vfs*, sqlite3_filename name, sqlite3_file* file, int flags, int* out) {
    file->pMethods = nullptr;
    if (on_thread == nullptr || on_thread->where().off()) return SQLITE_CANTOPEN;
    auto& target = *on_thread;
    const std::string called = name == nullptr ? "temporary" : name;
    auto found = target.find(called);
    const bool fresh = found == nullptr;
    if (fresh && (flags & SQLITE_OPEN_CREATE) == 0) return SQLITE_CANTOPEN;
    if (fresh) {
        if (target.where().next(point::disk_name, "make " + called) != fault::none) return SQLITE_CANTOPEN;
        found = target.make(called);
    }
    constexpr int logs_and_marks = SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL;
    const bool is_log = (flags & logs_and_marks) != 0;
    auto* made = new (file) open_file{};
    made->on = &target;
    made->what = std::move(found);
    made->name = called;
    made->syncs_names = fresh && is_log;
    made->goes_when_closed = (flags & SQLITE_OPEN_DELETEONCLOSE) != 0;
    made->base.pMethods = &methods;
    if (out != nullptr) *out = flags;
    return SQLITE_OK;
}

int remove_named(sqlite3_vfs*, const char* name, int sync) {
    if (on_thread == nullptr || on_thread->where().off()) return SQLITE_IOERR_DELETE;
    if (on_thread->find(name) == nullptr) return SQLITE_IOERR_DELETE_NOENT;
    const auto wrong = on_thread->where().next(point::disk_name, "remove " + std::string(name));
    if (wrong != fault::none) return SQLITE_IOERR_DELETE;
    on_thread->remove(name);
    if (sync != 0) on_thread->sync_names();
    return SQLITE_OK;
}

int access_named(sqlite3_vfs*, const char* name, int, int* answer) {
    if (on_thread == nullptr || on_thread->where().off()) return SQLITE_IOERR_ACCESS;
    *answer = on_thread->find(name) != nullptr ? 1 : 0;
    return SQLITE_OK;
}

int full_name(sqlite3_vfs*, const char* name, int size, char* out) {
    sqlite3_snprintf(size, out, "%s", name);
    return SQLITE_OK;
}

int random_bytes(sqlite3_vfs*, int size, char* out) {
    for (int i = 0; i < size; ++i)
        out[i] = static_cast<char>(i * 37 + 11);
    return size;
}
int sleep_on(sqlite3_vfs*, int microseconds) {
    return microseconds;
}
int time_now(sqlite3_vfs*, double* day) {
    *day = 2461000.5;
    return SQLITE_OK;
}
int last_error(sqlite3_vfs*, int, char*) {
    return 0;
}

void register_once() {
    static sqlite3_vfs system = [] {
        sqlite3_vfs made{};
        made.iVersion = 1;
        made.szOsFile = sizeof(open_file);
        made.mxPathname = 512;
        made.zName = vfs_name;
        made.xOpen = open_named;
        made.xDelete = remove_named;
        made.xAccess = access_named;
        made.xFullPathname = full_name;
        made.xRandomness = random_bytes;
        made.xSleep = sleep_on;
        made.xCurrentTime = time_now;
        made.xGetLastError = last_error;
        return made;
    }();
    static const bool registered = [] {
        // Thousands of tills a second come and go: nobody counts their memory, and what they leave is kept.
        (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
        give_sqlite_quick_memory();
        give_threads_their_salts();
        (void)mallopt(M_TRIM_THRESHOLD, most_kept);
        (void)mallopt(M_MMAP_THRESHOLD, most_kept);
        return sqlite3_vfs_register(&system, 0) == SQLITE_OK;
    }();
    static_cast<void>(registered);
}

} // namespace

connection_files files_of(sqlite3* on) noexcept {
    connection_files found;
    (void)sqlite3_file_control(on, "main", SQLITE_FCNTL_FILE_POINTER, &found.main);
    (void)sqlite3_file_control(on, "main", SQLITE_FCNTL_JOURNAL_POINTER, &found.log);
    const bool is_log =
        found.log != nullptr && found.log->pMethods == &methods && of(found.log).name.ends_with("-wal");
    if (!is_log) found.log = nullptr;
    return found;
}

bool without_power(const connection_files& files) noexcept {
    return of(files.main).on->where().off();
}

void remove_log(const connection_files& files) {
    (void)remove_named(nullptr, of(files.log).name.c_str(), 0);
}

powerless_disk::powerless_disk() {
    doors.power_off();
    // The head of a log, with a sum that is none, so that it has no frames: magic number, version, size of a page,
    // how often it was written back, two salts, the sum.
    bytes head(33, 0);
    constexpr std::array<std::uint8_t, 12> begin{
        0x37, 0x7F, 0x06, 0x82, 0x00, 0x2D, 0xE2, 0x18, 0x00, 0x00, 0x10, 0x00};
    std::copy(begin.begin(), begin.end(), head.begin());
    first_log->put(0, head);
}

bool put_away(sqlite3* on, const connection_files& files, powerless_disk& there) {
    for (auto* const one : {files.main, files.log}) {
        of(one).on = &there.drive;
        of(one).what = there.file;
    }
    of(files.log).what = there.first_log;
    forget_index(of(files.main));
    there.doors.power_on();
    const int code = sqlite3_wal_checkpoint_v2(on, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
    there.doors.power_off();
    return code == SQLITE_OK;
}

int take_up(const connection_files& files) {
    if (on_thread == nullptr || on_thread->where().off()) return SQLITE_CANTOPEN;
    auto& main = of(files.main);
    auto& log = of(files.log);
    auto main_there = on_thread->find(main.name);
    if (main_there == nullptr) return SQLITE_NOTFOUND;
    auto log_there = on_thread->find(log.name);
    log.syncs_names = log_there == nullptr;
    if (log_there == nullptr) {
        if (on_thread->where().next(point::disk_name, "make " + log.name) != fault::none) return SQLITE_CANTOPEN;
        log_there = on_thread->make(log.name);
    }
    main.on = log.on = on_thread;
    main.what = std::move(main_there);
    log.what = std::move(log_there);
    forget_index(main);
    return SQLITE_OK;
}

mounted::mounted(disk& what)
    : before_(std::exchange(on_thread, &what)) {
    register_once();
}

mounted::~mounted() {
    on_thread = before_;
}

} // namespace cipherlane::simulation
