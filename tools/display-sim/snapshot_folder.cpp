#include "display-sim/snapshot_folder.hpp"

#include <cipherlane/drivers/display/panel/frame_png.hpp>

#include <cerrno>
#include <fcntl.h>
#include <stdexcept>
#include <system_error>
#include <unistd.h>

namespace cipherlane::sim {
namespace {

namespace fs = std::filesystem;

bytes png_of(const drivers::frame& picture) {
    auto file = drivers::to_png(picture);
    if (!file) throw std::runtime_error(file.error().to_string());
    return *std::move(file);
}

bool is_below(const fs::path& folder, const fs::path& file) {
    const auto steps = file.lexically_relative(folder);
    return !steps.empty() && *steps.begin() != "." && *steps.begin() != "..";
}

void write_all(int file, byte_view data, const fs::path& path) {
    std::size_t at = 0;
    while (at < data.size()) {
        const auto done = ::write(file, data.data() + at, data.size() - at);
        if (done < 0 && errno == EINTR) continue;
        if (done < 0) throw std::runtime_error("cannot write " + path.string());
        at += static_cast<std::size_t>(done);
    }
}

} // namespace

snapshot_folder::snapshot_folder(std::string path) {
    std::error_code failed;
    if (!path.empty()) folder_ = fs::canonical(path, failed);
    if (failed) throw std::invalid_argument("no such folder: " + path);
}

void snapshot_folder::write(const std::string& path, const drivers::frame& picture) {
    if (folder_.empty()) throw std::invalid_argument("no folder for snapshots: start with --snapshots FOLDER");
    std::error_code failed;
    const fs::path asked = folder_ / path; // an absolute path stays
    const auto parent = fs::canonical(asked.parent_path(), failed);
    const auto file = parent / asked.filename();
    if (failed || !is_below(folder_, file)) throw std::invalid_argument("path must be below " + folder_.string());
    const bool own = written_.contains(file);
    const int flags = O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC | (own ? O_TRUNC : O_EXCL);
    const int to = ::open(file.c_str(), flags, 0600);
    if (to < 0) {
        const std::string why = errno == EEXIST ? "is there already" : std::system_category().message(errno);
        throw std::invalid_argument(file.string() + ": " + why);
    }
    written_.insert(file);
    try {
        write_all(to, png_of(picture), file);
    } catch (...) {
        ::close(to);
        throw;
    }
    ::close(to);
}

} // namespace cipherlane::sim
