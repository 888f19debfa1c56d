#pragma once

#include <chrono>
#include <ctime>

namespace cipherlane::store {

/// The time since this machine has started, with what it has slept: for what is agreed with other machines, which go
/// on meanwhile. The monotonic clock stands still while a machine sleeps.
struct boot_clock {
    using duration = std::chrono::nanoseconds;
    using rep = duration::rep;
    using period = duration::period;
    using time_point = std::chrono::time_point<boot_clock>;
    static constexpr bool is_steady = true;
    [[nodiscard]] static time_point now() noexcept {
        timespec read{};
        ::clock_gettime(CLOCK_BOOTTIME, &read);
        return time_point(std::chrono::seconds(read.tv_sec) + std::chrono::nanoseconds(read.tv_nsec));
    }
};

} // namespace cipherlane::store
