#pragma once

#include <cipherlane/acquiring/timeline.hpp>

#include <iosfwd>
#include <mutex>

namespace cipherlane::sim {

/// Prints the timeline of a lane as it happens, a line for each thing, and keeps it for a failed run.
class narrator final : public acquiring::timeline {
  public:
    explicit narrator(std::ostream& to)
        : out_(to) {}
    void on_entry(const acquiring::timeline_entry& entry) noexcept override;
    void on_alert(const acquiring::alert& what) noexcept override;
    /// A line of the demonstration itself.
    void say(const std::string& line);

  private:
    std::ostream& out_;
    std::mutex mutex_;
};

} // namespace cipherlane::sim
