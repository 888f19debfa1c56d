#pragma once

#include <cipherlane/drivers/timer.hpp>

#include <map>
#include <utility>

namespace cipherlane::tests {

/// A timer whose time moves only when the test says so; tasks run on the test's thread.
class manual_timer final : public drivers::timer_source {
  public:
    [[nodiscard]] clock::time_point now() const override { return now_; }
    std::uint64_t at(clock::time_point when, task what) override {
        due_.emplace(std::pair{when, ++last_}, std::move(what));
        return last_;
    }
    void cancel(std::uint64_t which) noexcept override {
        std::erase_if(due_, [which](const auto& entry) { return entry.first.second == which; });
    }
    void advance(std::chrono::milliseconds span) {
        auto end = now_ + span;
        while (!due_.empty() && due_.begin()->first.first <= end) {
            now_ = std::max(now_, due_.begin()->first.first);
            auto what = std::move(due_.begin()->second);
            due_.erase(due_.begin());
            what();
        }
        now_ = end;
    }
    [[nodiscard]] std::size_t waiting() const noexcept { return due_.size(); }

  private:
    clock::time_point now_{std::chrono::hours{1}};
    std::map<std::pair<clock::time_point, std::uint64_t>, task> due_;
    std::uint64_t last_ = 0;
};

} // namespace cipherlane::tests
