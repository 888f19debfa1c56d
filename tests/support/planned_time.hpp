#pragma once

#include <cipherlane/core/time_source.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <utility>

namespace cipherlane::tests {

/// The time of a test's thread, which passes only when somebody waits, and the things that happen while it does. What
/// falls on the same moment happens in the order in which it was planned.
class planned_time : public time_source {
  public:
    [[nodiscard]] monotonic_clock::time_point now() noexcept override { return now_; }
    void pause(const call& bounds) override {
        while (now_ < bounds.until().at() && !bounds.stopped() && pass_to_next(bounds.until().at())) {
        }
    }

    void plan(std::chrono::milliseconds from_now, std::function<void()> what) {
        plans_.emplace(std::pair(now_ + from_now, ++planned_), std::move(what));
    }
    /// As far as the next thing that happens, if that comes before `until`; false if nothing does: then it is
    /// `until`.
    bool pass_to_next(monotonic_clock::time_point until) {
        if (plans_.empty() || plans_.begin()->first.first > until) {
            now_ = std::max(now_, until);
            return false;
        }
        const auto next = plans_.extract(plans_.begin());
        now_ = std::max(now_, next.key().first);
        next.mapped()();
        return true;
    }
    /// Lets what is planned for this moment happen.
    void settle() {
        while (!plans_.empty() && plans_.begin()->first.first <= now_)
            static_cast<void>(pass_to_next(now_));
    }
    void forget_plans() noexcept { plans_.clear(); }

  private:
    monotonic_clock::time_point now_{std::chrono::hours(1)};
    std::map<std::pair<monotonic_clock::time_point, std::uint64_t>, std::function<void()>> plans_;
    std::uint64_t planned_ = 0;
    on_this_thread here_{*this};
};

} // namespace cipherlane::tests
