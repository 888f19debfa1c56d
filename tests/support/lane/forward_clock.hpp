#pragma once

#include <cipherlane/core/time_source.hpp>

#include <algorithm>
#include <chrono>

namespace cipherlane::tests {

/// The steady clock, put forward: who waits by it is at the end of its wait at once. It counts for the thread on
/// which it was put; however slow the machine, what it is put forward by passes as a whole.
class forward_clock final : public time_source {
  public:
    [[nodiscard]] monotonic_clock::time_point now() noexcept override {
        return std::chrono::steady_clock::now() + by;
    }
    void pause(const call& bounds) override {
        if (!bounds.stopped()) by += std::max(bounds.until().at() - now(), monotonic_clock::duration(0));
    }

    monotonic_clock::duration by{0};
};

} // namespace cipherlane::tests
