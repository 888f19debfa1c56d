#pragma once

#include <chrono>

namespace cipherlane {

/// The monotonic clock by which deadlines are counted and waits end: the system's steady clock, unless a
/// `time_source` stands in its place on the calling thread. Its moments are those of `std::chrono::steady_clock`.
struct monotonic_clock {
    using duration = std::chrono::steady_clock::duration;
    using rep = duration::rep;
    using period = duration::period;
    using time_point = std::chrono::steady_clock::time_point;
    static constexpr bool is_steady = true;
    [[nodiscard]] static time_point now() noexcept;
};

} // namespace cipherlane
