#pragma once

#include <cipherlane/core/call.hpp>
#include <cipherlane/core/result.hpp>

namespace cipherlane::net {

/// A descriptor that any thread can make readable, to end another thread's poll(2).
class wakeup {
  public:
    wakeup() noexcept;
    wakeup(const wakeup&) = delete;
    wakeup& operator=(const wakeup&) = delete;
    ~wakeup();

    void signal() noexcept;
    void clear() noexcept;
    [[nodiscard]] int descriptor() const noexcept { return descriptor_; }

  private:
    int descriptor_;
};

enum class readiness { read, write };
enum class wait_end { ready, timed_out, cancelled };

/// Waits until `descriptor` is ready, the deadline passes, or `interrupt` is signalled (also through the stop token).
/// A negative descriptor: waits for the other two only.
[[nodiscard]] wait_end wait_ready(int descriptor, readiness what, wakeup& interrupt, const call& bounds);

} // namespace cipherlane::net
