#pragma once

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <unistd.h>

namespace cipherlane::tests {

/// A folder of its own that goes away with the object, in memory where the system has such a place: for journals
/// whose test is not about the disk. There they are written and synced as anywhere, and no other program's sync is
/// waited for, which takes seconds on a busy machine.
class memory_folder {
  public:
    memory_folder() {
        constexpr auto in_memory = "/dev/shm";
        constexpr std::uintmax_t enough = 48U << 20U;
        std::error_code none;
        const bool has_room = ::access(in_memory, W_OK | X_OK) == 0 &&
                              std::filesystem::space(in_memory, none).available >= enough && !none;
        const auto place = has_room ? std::filesystem::path(in_memory) : std::filesystem::temp_directory_path();
        std::string pattern = (place / "cipherlane-XXXXXX").string();
        if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no folder in memory");
        path_ = pattern;
    }
    memory_folder(const memory_folder&) = delete;
    memory_folder& operator=(const memory_folder&) = delete;
    ~memory_folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }

  private:
    std::string path_;
};

} // namespace cipherlane::tests
