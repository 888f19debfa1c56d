#pragma once

#include "support/temporary_folder.hpp"

#include <cstdint>
#include <filesystem>
#include <unistd.h>

namespace cipherlane::tests {

/// A temporary folder in memory where the system has such a place: for journals whose test is not about the disk.
/// There they are written and synced as anywhere, and no other program's sync is waited for, which takes seconds on a
/// busy machine.
class memory_folder : public temporary_folder {
  public:
    memory_folder()
        : temporary_folder(place()) {}

  private:
    static std::filesystem::path place() {
        constexpr auto in_memory = "/dev/shm";
        constexpr std::uintmax_t enough = 48U << 20U;
        std::error_code none;
        const bool has_room = ::access(in_memory, W_OK | X_OK) == 0 &&
                              std::filesystem::space(in_memory, none).available >= enough && !none;
        return has_room ? std::filesystem::path(in_memory) : std::filesystem::temp_directory_path();
    }
};

} // namespace cipherlane::tests
