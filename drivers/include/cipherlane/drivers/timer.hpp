#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>

namespace cipherlane::drivers {

/// Runs tasks later. Thread-safe. A task may use the timer that runs it.
class timer_source {
  public:
    using clock = std::chrono::steady_clock;
    using task = std::function<void()>;

    timer_source() = default;
    timer_source(const timer_source&) = delete;
    timer_source& operator=(const timer_source&) = delete;
    virtual ~timer_source() = default;

    [[nodiscard]] virtual clock::time_point now() const = 0;
    /// Runs `what` once at `when` or soon after, on the timer's thread; the number cancels it.
    virtual std::uint64_t at(clock::time_point when, task what) = 0;
    /// Forgets a task that has not begun. Does not wait for one that has.
    virtual void cancel(std::uint64_t which) noexcept = 0;
};

/// A timer with a thread of its own, which sleeps while nothing is due. The destructor waits for the running task.
class thread_timer final : public timer_source {
  public:
    thread_timer();
    ~thread_timer() override;
    [[nodiscard]] clock::time_point now() const override { return clock::now(); }
    std::uint64_t at(clock::time_point when, task what) override;
    void cancel(std::uint64_t which) noexcept override;

  private:
    struct impl;
    std::unique_ptr<impl> impl_;
};

} // namespace cipherlane::drivers
