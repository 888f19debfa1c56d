#pragma once

#include <cipherlane/core/logger.hpp>
#include <cipherlane/drivers/keeper_observer.hpp>
#include <cipherlane/drivers/timer.hpp>
#include <cipherlane/ports/display.hpp>

#include <chrono>
#include <functional>
#include <memory>

namespace cipherlane::drivers {

/// What a `display_keeper` does by itself, and when.
struct keeper_settings {
    enum class on_expiry : std::uint8_t { clear, say_expired };
    on_expiry expired_code = on_expiry::say_expired;
    std::chrono::milliseconds outcome_for{5'000};     ///< then the screen is cleared; 0: it stays
    std::chrono::milliseconds heartbeat_every{5'000}; ///< 0: none
    std::chrono::milliseconds countdown_every{1'000}; ///< for displays that show one
    std::chrono::milliseconds reopen_first{200};      ///< doubled at each failure,
    std::chrono::milliseconds reopen_most{1'000};     ///< up to this
    std::chrono::milliseconds own_call{10'000};       ///< bounds what the keeper does by itself

    /// @return `bad_setting` naming the field.
    [[nodiscard]] result<void> validate() const;
};

/// A display that looks after itself, above any driver.
///
/// - A code whose `valid_for` has run out leaves the screen by itself; so does an outcome after its time. A paid or
///   cancelled code leaves it because `show_outcome` and `clear` replace it.
/// - A display that goes away is opened again with growing pauses and gets its last content back: a code only while
///   it is still valid, otherwise the screen is cleared, because the device may have kept the old picture.
/// - A call while the display is away tries to open it once, ends with `link_lost` if it cannot, and its content is
///   shown as soon as the display is back. So is the content of a call that another one, still under way, held up
///   past its deadline. Of waiting calls the one made last is what stays. A brightness is set again at each opening.
/// - A call that the device is there for but that cannot be carried out (refused, not supported, not sendable) leaves
///   what stood there, but never a code: the screen is then cleared, for which the call may take `own_call` longer,
///   as it is after the device itself refused. After any other failure the display is opened anew and gets what it
///   was last told, also where the call ended by its deadline or was cancelled.
/// - A display that says nothing back and may be told the same again is told it with each heartbeat.
/// - A display that speaks gets nothing twice: what it has taken is over, and of what it perhaps took only the
/// outcome
///   of a payment whose number is known comes again, which it can tell is the same.
///
/// Thread-safe. Blocking work of its own runs on the timer's thread, which is busy meanwhile: at most `own_call` for
/// each command. No lock is held while `opened` or `lost` is called.
class display_keeper final : public ports::display {
  public:
    using opener = std::function<result<std::unique_ptr<ports::display>>(const call& bounds)>;

    /// `timer` must outlive this object. Nothing is opened before the first call or `start`.
    display_keeper(opener open, timer_source& timer, keeper_settings settings = {}, keeper_observer watch = {},
        logger log = logger::none());
    ~display_keeper() override;

    /// Opens the display in the background and keeps it open.
    void start();
    [[nodiscard]] bool attached() const;

    /// `unsupported` for a remaining time: the keeper counts down by itself.
    [[nodiscard]] result<void> show(const ports::display_content& what, const call& bounds) override;
    [[nodiscard]] result<void> set_brightness(int percent, const call& bounds) override;
    [[nodiscard]] result<std::string> heartbeat(const call& bounds) override;
    /// Of the display that was open last; nothing before the first.
    [[nodiscard]] ports::display_capabilities capabilities() const noexcept override;

  private:
    class body;
    std::shared_ptr<body> body_;
};

} // namespace cipherlane::drivers
