#pragma once

#include <cipherlane/core/result.hpp>

#include <string>

namespace cipherlane::sim {

/// A pseudo-terminal: the simulated device holds the master, the driver opens the path. Both ends are raw.
/// The slave is kept open here too, so that the master sees no EIO before the driver comes and after it goes.
class pty_pair {
  public:
    [[nodiscard]] static result<pty_pair> open();
    pty_pair(pty_pair&& other) noexcept;
    pty_pair& operator=(pty_pair&& other) noexcept;
    ~pty_pair();

    /// Non-blocking, close-on-exec.
    [[nodiscard]] int master() const noexcept { return master_; }
    /// Gives the master away; the caller closes it.
    [[nodiscard]] int release_master() noexcept;
    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    /// Closes both ends: the driver sees the device unplugged.
    void unplug() noexcept;

  private:
    pty_pair() noexcept = default;
    int master_ = -1;
    int slave_ = -1;
    std::string path_;
};

} // namespace cipherlane::sim
