#pragma once

#include <cipherlane/core/monotonic_clock.hpp>

#include <functional>
#include <memory>
#include <stop_token>
#include <thread>

namespace cipherlane::assembly {

/// The thread of something that a till looks after by itself. Whoever has it may be let go by what it calls, on this
/// very thread: then it ends behind them.
class background_thread {
  public:
    /// @return when to look again
    using look = std::function<monotonic_clock::time_point(const std::stop_token& stop)>;

    background_thread();
    background_thread(const background_thread&) = delete;
    background_thread& operator=(const background_thread&) = delete;
    /// Ends the look under way by its token and waits for it, but on this thread itself.
    ~background_thread();

    /// Looks at once, and then as each look says. What one throws is tried again after a minute. Called once, and
    /// nobody is let go by a look before it has returned.
    void start(look each);
    /// From here on no new look begins. Waits for nothing.
    void ask_to_end() noexcept;
    [[nodiscard]] bool is_this_thread() const noexcept;
    /// On this thread: an owner of it that is let go there is kept until the look under way has ended.
    void end_with(std::shared_ptr<void> owner) noexcept;

  private:
    struct inside;
    const std::shared_ptr<inside> inside_; ///< the thread's own, too, which may outlive this
    std::jthread thread_;
};

} // namespace cipherlane::assembly
