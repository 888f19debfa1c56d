#pragma once

#include <cipherlane/drivers/display/panel/frame.hpp>

#include <filesystem>
#include <set>
#include <string>

namespace cipherlane::sim {

/// The one folder that a simulated display may write pictures to, as its control channel asks. Files that it did not
/// write itself are never touched.
class snapshot_folder {
  public:
    /// Empty: none.
    explicit snapshot_folder(std::string path);

    /// Writes a PNG. Throws `std::invalid_argument` for a path that is not below the folder, or at which another's
    /// file is; `std::runtime_error` if it cannot be written.
    void write(const std::string& path, const drivers::frame& picture);

  private:
    std::filesystem::path folder_;
    std::set<std::filesystem::path> written_;
};

} // namespace cipherlane::sim
