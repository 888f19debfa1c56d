#pragma once

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace cipherlane::tests {

/// A folder of its own that goes away with the object.
class temporary_folder {
  public:
    temporary_folder()
        : temporary_folder(std::filesystem::temp_directory_path()) {}
    /// @param place the folder that it is made in.
    explicit temporary_folder(const std::filesystem::path& place) {
        std::string pattern = (place / "cipherlane-XXXXXX").string();
        if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
        path_ = pattern;
    }
    temporary_folder(const temporary_folder&) = delete;
    temporary_folder& operator=(const temporary_folder&) = delete;
    ~temporary_folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }

  private:
    std::string path_;
};

} // namespace cipherlane::tests
