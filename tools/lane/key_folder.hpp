#pragma once

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace cipherlane::sim {

/// Where the keys of a demonstration lie: never beside the journal, and gone with the object.
class key_folder {
  public:
    key_folder() {
        std::string pattern = (std::filesystem::temp_directory_path() / "cipherlane-key-XXXXXX").string();
        if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no folder for the journal's key");
        path_ = pattern;
    }
    key_folder(const key_folder&) = delete;
    key_folder& operator=(const key_folder&) = delete;
    ~key_folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    [[nodiscard]] const std::string& path() const noexcept { return path_; }

  private:
    std::string path_;
};

} // namespace cipherlane::sim
