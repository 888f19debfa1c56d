#include "lane/lane_folder.hpp"

#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <stdexcept>
#include <string_view>
#include <sys/file.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace cipherlane::sim {
namespace {

namespace fs = std::filesystem;

constexpr const char* mark_name = ".cipherlane-lane";
constexpr std::string_view mark_text = "made by a Cipherlane payment lane; may be emptied\n";

std::string reason(int code) {
    return std::system_category().message(code);
}

/// The open mark of the folder, locked.
int locked_mark(const fs::path& folder) {
    const fs::path mark = folder / mark_name;
    const int lock = ::open(mark.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (lock < 0) throw std::runtime_error(mark.string() + ": " + reason(errno));
    if (::flock(lock, LOCK_EX | LOCK_NB) == 0) return lock;
    const int why = errno;
    ::close(lock);
    throw std::runtime_error(
        folder.string() + (why == EWOULDBLOCK ? " is in use by another lane: choose another" : ": " + reason(why)));
}

void empty_all_but_the_mark(const fs::path& folder) {
    for (const auto& entry : fs::directory_iterator(folder)) {
        if (entry.path().filename() != mark_name) fs::remove_all(entry.path());
    }
}

} // namespace

lane_folder::lane_folder(std::string path)
    : path_(std::move(path)) {
    const fs::path folder(path_);
    if (fs::exists(folder) && !fs::is_empty(folder) && !fs::exists(folder / mark_name)) {
        throw std::runtime_error(path_ + " is not empty and not a folder of this program: choose another");
    }
    fs::create_directories(folder);
    lock_ = locked_mark(folder);
    try {
        empty_all_but_the_mark(folder);
    } catch (...) {
        ::close(lock_);
        throw;
    }
    if (::ftruncate(lock_, 0) != 0 || ::write(lock_, mark_text.data(), mark_text.size()) < 0) {
        const int why = errno;
        ::close(lock_);
        throw std::runtime_error(path_ + ": " + reason(why));
    }
}

lane_folder::~lane_folder() {
    ::close(lock_);
}

} // namespace cipherlane::sim
