#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <utility>

// Functions of the caller's, while the library is inside one. A closing waits for those on other threads; within one
// it cannot.

namespace cipherlane::c {

/// While it lives this thread is in a function of the caller's.
class telling {
  public:
    telling() noexcept { ++depth_; }
    telling(const telling&) = delete;
    telling& operator=(const telling&) = delete;
    ~telling() { --depth_; }
    /// Whether this thread is inside one.
    [[nodiscard]] static bool is_under_way() noexcept { return depth_ != 0; }

  private:
    inline static thread_local unsigned depth_ = 0;
};

/// Counts what will still be told, and what is being told; shut, nothing more gets in.
class telling_gate {
  public:
    [[nodiscard]] bool enter() noexcept {
        const std::scoped_lock held(lock_);
        if (shut_) return false;
        ++inside_;
        return true;
    }
    void leave() noexcept {
        const std::scoped_lock held(lock_); // until all is done: whoever waits may take this away
        if (--inside_ == 0) empty_.notify_all();
    }
    void shut() noexcept {
        const std::scoped_lock held(lock_);
        shut_ = true;
    }
    void await_empty() noexcept {
        std::unique_lock held(lock_);
        empty_.wait(held, [this] { return inside_ == 0; });
    }

  private:
    std::mutex lock_;
    std::condition_variable empty_;
    unsigned inside_ = 0;
    bool shut_ = false;
};

/// One that is inside a gate, as long as it lives.
class gate_pass {
  public:
    explicit gate_pass(std::shared_ptr<telling_gate> through) noexcept
        : gate_(through->enter() ? std::move(through) : nullptr) {}
    gate_pass(gate_pass&&) noexcept = default;
    gate_pass& operator=(gate_pass&&) = delete;
    gate_pass(const gate_pass&) = delete;
    gate_pass& operator=(const gate_pass&) = delete;
    ~gate_pass() {
        if (gate_) gate_->leave();
    }
    [[nodiscard]] explicit operator bool() const noexcept { return gate_ != nullptr; }

  private:
    std::shared_ptr<telling_gate> gate_;
};

} // namespace cipherlane::c
