#pragma once

#include <cipherlane/core/monotonic_clock.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace cipherlane {

/// A line of the log that a stranger can cause: written at the first times of each interval, then once for all that
/// came meanwhile, so that a peer can neither fill our disk nor hide what else happened. Not thread-safe.
class counted_line {
  public:
    /// @param burst how many of an interval are written one by one.
    explicit counted_line(
        std::chrono::milliseconds between_lines = std::chrono::seconds(10), std::uint32_t burst = 1) noexcept
        : between_(between_lines)
        , burst_(burst) {}

    /// How many times it happened since the last line, this one counted; 0: no line now.
    [[nodiscard]] std::uint64_t count(monotonic_clock::time_point now = monotonic_clock::now()) noexcept {
        ++since_;
        if (!began_ || now - *began_ >= between_) {
            began_ = now;
            left_ = burst_;
        }
        if (left_ == 0) return 0;
        --left_;
        return std::exchange(since_, 0);
    }

    /// The line's words, with how many it stands for.
    [[nodiscard]] static std::string counted(std::string words, std::uint64_t times) {
        return times > 1 ? std::move(words) + ", the last of " + std::to_string(times) : std::move(words);
    }

  private:
    std::chrono::milliseconds between_;
    std::uint32_t burst_;
    std::optional<monotonic_clock::time_point> began_; ///< of the interval
    std::uint32_t left_ = 0;                           ///< of its burst
    std::uint64_t since_ = 0;
};

} // namespace cipherlane
