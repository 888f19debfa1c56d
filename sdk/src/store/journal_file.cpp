#include "journal_file.hpp"

#include <cipherlane/core/secret_file.hpp>
#include <cipherlane/store/errc.hpp>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <map>
#include <memory>
#include <mutex>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace cipherlane::store {
namespace {

error file_error(store_errc what, std::string_view operation, std::string_view path) {
    return error(what, layer::store).during(operation).at_endpoint(path);
}

/// What this process does with a file. The descriptor carries the writer's lock.
struct users {
    int descriptor = -1;
    bool written = false;
    unsigned readers = 0;
};

struct register_of_files {
    std::mutex mutex;
    std::map<file_identity, users> known;
};

register_of_files& files_in_use() {
    static register_of_files one;
    return one;
}

void forget_if_unused(register_of_files& in, file_identity which) {
    const auto found = in.known.find(which);
    if (found == in.known.end() || found->second.written || found->second.readers > 0) return;
    if (found->second.descriptor >= 0) ::close(found->second.descriptor);
    in.known.erase(found);
}

result<void> become_writer(users& of, const std::string& path, file_identity which) {
    if (of.written) return file_error(store_errc::in_use, "lock", path);
    if (of.descriptor < 0)
        of.descriptor = ::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    struct stat state {};
    if (of.descriptor < 0 || ::fstat(of.descriptor, &state) != 0)
        return file_error(store_errc::cannot_open, "open", path);
    if (file_identity{state.st_dev, state.st_ino} != which) return file_error(store_errc::in_use, "open", path);
    CIPHERLANE_CHECK(judge_private_file(of.descriptor, path));
    if (::flock(of.descriptor, LOCK_EX | LOCK_NB) != 0)
        return file_error(errno == EWOULDBLOCK ? store_errc::in_use : store_errc::io_failed, "lock", path);
    of.written = true;
    return {};
}

/// Before anything is opened: opening a FIFO or a device may do something by itself, and closing a file that SQLite
/// has open here loses its locks.
result<void> judge_kind(const std::string& path) {
    struct stat state {};
    if (::stat(path.c_str(), &state) != 0) return file_error(store_errc::cannot_open, "open", path);
    if (!S_ISREG(state.st_mode))
        return file_error(store_errc::not_a_journal, "open", path).with_hint("expected a plain file");
    return {};
}

std::string log_of(const std::string& path) {
    return path + "-wal";
}

} // namespace

std::optional<file_identity> identity_of(const std::string& path) {
    struct stat state {};
    if (::stat(path.c_str(), &state) != 0) return std::nullopt;
    return file_identity{state.st_dev, state.st_ino};
}

result<journal_file> journal_file::take(const std::string& path, file_use use) {
    CIPHERLANE_CHECK(judge_kind(path));
    const std::unique_ptr<char, decltype(&std::free)> real(::realpath(path.c_str(), nullptr), std::free);
    const auto which = real ? identity_of(real.get()) : std::nullopt;
    if (!which) return file_error(store_errc::cannot_open, "open", path);
    auto& known = files_in_use();
    const std::scoped_lock lock(known.mutex);
    auto& users_of = known.known[*which];
    if (use == file_use::reader) {
        ++users_of.readers;
    } else if (const auto taken = become_writer(users_of, real.get(), *which); !taken) {
        forget_if_unused(known, *which);
        return taken.error();
    }
    return journal_file(real.get(), *which, use);
}

journal_file::~journal_file() {
    if (log_descriptor_ >= 0) ::close(log_descriptor_);
    if (!held_) return;
    auto& known = files_in_use();
    const std::scoped_lock lock(known.mutex);
    auto& mine = known.known[file_];
    if (use_ == file_use::writer) {
        mine.written = false;
        ::flock(mine.descriptor, LOCK_UN);
    } else {
        --mine.readers;
    }
    forget_if_unused(known, file_);
}

result<void> journal_file::watch_log() {
    const auto name = log_of(path_);
    log_descriptor_ = ::open(name.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
    log_ = identity_of(name);
    if (log_descriptor_ < 0 || !log_) return file_error(store_errc::cannot_open, "open", name);
    return {};
}

result<void> journal_file::still_there() const {
    if (identity_of(path_) != file_) return file_error(store_errc::journal_gone, "journal", path_);
    if (log_ && identity_of(log_of(path_)) != log_)
        return file_error(store_errc::journal_gone, "journal", log_of(path_));
    return {};
}

result<void> journal_file::reserve(std::size_t size) {
    constexpr off_t block = 512; // of st_blocks
    struct stat state {};
    if (log_descriptor_ < 0 || ::fstat(log_descriptor_, &state) != 0) return {};
    const auto wanted = static_cast<off_t>(size);
    if (state.st_blocks * block - state.st_size >= wanted / 2) return {};
    if (::fallocate(log_descriptor_, FALLOC_FL_KEEP_SIZE, state.st_size, wanted) == 0) return {};
    const int why = errno;
    struct statvfs disk {};
    // Where the file system cannot allocate ahead, it can at least say what is left.
    const bool full = why == ENOSPC || why == EDQUOT ||
                      (::fstatvfs(log_descriptor_, &disk) == 0 && disk.f_bavail * disk.f_frsize < size);
    if (full) return file_error(store_errc::disk_full, "reserve", path_);
    return {};
}

result<void> name_new_file(const std::string& made, const std::string& path) {
    int done = ::renameat2(AT_FDCWD, made.c_str(), AT_FDCWD, path.c_str(), RENAME_NOREPLACE);
    if (done != 0 && errno == EINVAL) { // a file system without it
        done = ::link(made.c_str(), path.c_str());
        if (done == 0) ::unlink(made.c_str());
    }
    if (done != 0) return file_error(errno == EEXIST ? store_errc::in_use : store_errc::cannot_open, "begin", path);
    return sync_folder_of(path);
}

} // namespace cipherlane::store
