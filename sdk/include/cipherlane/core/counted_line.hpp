#pragma once

#include <cipherlane/core/monotonic_clock.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>

namespace cipherlane {

/// A line of the log that a stranger can cause: written at the first time, then once for all that came in each
/// interval, so that a peer can neither fill our disk nor hide what else happened. Not thread-safe.
class counted_line {
  public:
    explicit counted_line(std::chrono::milliseconds between_lines = std::chrono::seconds(10)) noexcept
        : between_(between_lines) {}

    /// How many times it happened since the last line, this one counted; 0: no line now.
    [[nodiscard]] std::uint64_t count(monotonic_clock::time_point now = monotonic_clock::now()) noexcept {
        ++since_;
        if (last_ && now - *last_ < between_) return 0;
        last_ = now;
        return std::exchange(since_, 0);
    }

  private:
    std::chrono::milliseconds between_;
    std::optional<monotonic_clock::time_point> last_;
    std::uint64_t since_ = 0;
};

} // namespace cipherlane
