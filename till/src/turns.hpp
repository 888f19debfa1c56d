#pragma once

#include <cipherlane/core/call.hpp>

#include <condition_variable>
#include <mutex>

namespace cipherlane::assembly {

/// One at a time. Whoever waits for his turn can be stopped.
class turns {
  public:
    /// A turn; empty where the call was over before it came.
    class turn {
      public:
        turn(turns& of, const call& bounds)
            : of_(&of) {
            std::unique_lock lock(of.mutex_);
            const auto is_free = [&of] { return !of.taken_; };
            if (of.freed_.wait_until(lock, bounds.stop(), bounds.until().at(), is_free)) {
                of.taken_ = true;
            } else {
                of_ = nullptr;
            }
        }
        turn(const turn&) = delete;
        turn& operator=(const turn&) = delete;
        ~turn() {
            if (of_ == nullptr) return;
            const std::scoped_lock lock(of_->mutex_);
            of_->taken_ = false;
            of_->freed_.notify_one();
        }
        [[nodiscard]] explicit operator bool() const noexcept { return of_ != nullptr; }

      private:
        turns* of_;
    };

  private:
    std::mutex mutex_;
    std::condition_variable_any freed_;
    bool taken_ = false;
};

} // namespace cipherlane::assembly
