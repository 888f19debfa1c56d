#pragma once

#include <cipherlane/drivers/display/display_keeper.hpp>

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <variant>

namespace cipherlane::drivers {

/// What is to stay on a screen, as a keeper holds it.
namespace kept {

using moment = timer_source::clock::time_point;
inline constexpr auto never = moment::max();

struct code {
    ports::qr_view view;
    std::optional<moment> until;
};
struct two_lines {
    std::string line1, line2;
};
struct outcome {
    ports::outcome_view what;
    std::optional<moment> until;
};
using content = std::variant<ports::blank_view, code, ports::amount_view, two_lines, outcome>;

} // namespace kept

/// A keeper's state and what it does with it: shared with the tasks that the timer runs.
class display_keeper::body : public std::enable_shared_from_this<body> {
  public:
    body(opener open, timer_source& timer, keeper_settings settings, keeper_observer watch, logger log)
        : open_(std::move(open))
        , timer_(timer)
        , settings_(settings)
        , watch_(std::move(watch))
        , log_(std::move(log)) {}

    /// No task of this keeper does anything from here on; one that runs is waited for.
    void stop();
    void start();

    [[nodiscard]] bool attached();
    [[nodiscard]] ports::display_capabilities capabilities();

    [[nodiscard]] result<void> show(kept::content next, const call& bounds);

    template <class F>
    auto ask(const call& bounds, F use) -> decltype(use(std::declval<ports::display&>())) {
        std::unique_lock held(io_, std::defer_lock);
        if (!held.try_lock_until(bounds.until().at())) return late();
        auto answer = with_device(bounds, use);
        arm();
        held.unlock();
        tell();
        return answer;
    }
    [[nodiscard]] result<void> set_brightness(int percent, const call& bounds);

    [[nodiscard]] kept::moment until(std::chrono::milliseconds span) const { return timer_.now() + span; }
    [[nodiscard]] const keeper_settings& settings() const noexcept { return settings_; }

  private:
    [[nodiscard]] static error late();

    [[nodiscard]] call own_bounds() const { return call(settings_.own_call); }

    /// Notes what is wanted, before the keeper is free to draw it.
    /// @return its number.
    [[nodiscard]] std::uint64_t note(const kept::content& next);

    /// Under the io lock: content `number` is drawn now. @return false if a later one was drawn before.
    [[nodiscard]] bool take(std::uint64_t number);

    /// Under the io lock: what was noted and is not drawn yet becomes the content. @return whether there was any.
    bool take_wanted();

    /// The timer's thread draws what a call could not wait for.
    void make_up();
    void now_showing(kept::content next);

    /// Draws new content. Where that fails, no code that stood there stays without its end.
    [[nodiscard]] result<void> put(kept::content next, const call& bounds);

    /// What was said is over. What perhaps was is said again only where the speaker can tell that it is the same.
    void forget_spoken(bool said);

    /// Opens the display if it is away and gives it its picture first; notes when it goes.
    template <class F>
    auto with_device(const call& bounds, F use) -> decltype(use(std::declval<ports::display&>())) {
        if (!device_) {
            CIPHERLANE_CHECK(open(bounds));
            take_wanted();
            CIPHERLANE_CHECK(redraw(bounds));
        }
        auto outcome = use(*device_);
        if (outcome) {
            pause_ = std::chrono::milliseconds{0};
        } else if (outcome.error().is(condition::link_lost)) {
            drop(outcome.error());
        }
        return outcome;
    }
    [[nodiscard]] result<void> open(const call& bounds);

    void drop(const error& why);

    /// The pause grows until a command succeeds: one that opens and then fails is no better than one that is away.
    void reopen_later();
    [[nodiscard]] result<void> draw(ports::display& on, const call& bounds);

    [[nodiscard]] result<void> draw_code(ports::display& on, const kept::code& what, const call& bounds);

    /// What runs out by itself; true if the screen must be drawn anew.
    [[nodiscard]] bool let_expire(kept::moment now);
    void wake();

    /// A picture that could not be changed may be a stale code: the display is opened anew and drawn again, or
    /// cleared where it would refuse the same picture again.
    /// @return no value where the display had to be given up.
    [[nodiscard]] result<void> redraw(const call& bounds);

    /// Nothing is shown from here on, and nothing stays that runs out.
    void take_down(const error& why);
    void count_down(kept::moment now);

    void beat(kept::moment now);

    /// One timer for whatever comes next.
    void arm();

    /// Tells the observer what happened, without the lock.
    void tell();

    opener open_;
    timer_source& timer_;
    keeper_settings settings_;
    keeper_observer watch_;
    logger log_;

    std::timed_mutex io_; // guards all below up to wanted_lock_, but brightness_
    std::unique_ptr<ports::display> device_;
    kept::content content_;
    kept::moment reopen_at_ = kept::never;
    kept::moment heartbeat_at_ = kept::never;
    kept::moment countdown_at_ = kept::never;
    std::chrono::milliseconds pause_{0};
    std::uint64_t armed_ = 0;
    bool stopped_ = false;
    bool opened_ = false;
    std::optional<error> lost_;

    static constexpr int unset = -1;
    std::atomic<int> brightness_ = unset; // the one asked for last: each opening sets it again
    std::uint64_t drawn_last_ = 0;

    std::mutex wanted_lock_; // kept::never held over a call of anything else
    std::optional<kept::content> wanted_;
    std::uint64_t wanted_last_ = 0;

    std::mutex can_lock_;
    ports::display_capabilities can_;
};

} // namespace cipherlane::drivers
