#pragma once

#include <string>

namespace cipherlane::sim {

/// A folder for a lane's files, empty at first and locked, so that two lanes never share one. Throws
/// `std::runtime_error` where it is in use, or holds files and was not made by a lane: those are somebody's.
class lane_folder {
  public:
    explicit lane_folder(std::string path);
    lane_folder(const lane_folder&) = delete;
    lane_folder& operator=(const lane_folder&) = delete;
    ~lane_folder();

    [[nodiscard]] const std::string& path() const noexcept { return path_; }

  private:
    std::string path_;
    int lock_ = -1;
};

} // namespace cipherlane::sim
