#include <cipherlane/drivers/display/display_keeper.hpp>
#include <cipherlane/drivers/errc.hpp>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <variant>

namespace cipherlane::drivers {
namespace {

using moment = timer_source::clock::time_point;
using std::chrono::milliseconds;

/// What is to stay on the screen, as a keeper holds it.
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

template <class... F>
struct cases : F... {
    using F::operator()...;
};

template <class... F>
cases(F...) -> cases<F...>; // clang 14 does not deduce aggregates

constexpr auto never = moment::max();

/// The device is there, and what it was told is the fault: opened anew it would end the same way.
bool turned_down(const error& why) {
    return why.is(condition::misuse) || why.is(condition::unsupported) || why.is(condition::local_fault) ||
           why.is(condition::rejected_by_peer);
}

} // namespace

result<void> keeper_settings::validate() const {
    auto wrong = [](std::string_view field) {
        return error(make_error_code(drivers_errc::bad_setting), layer::drivers).in_field(field);
    };
    if (outcome_for.count() < 0) return wrong("outcome_for");
    if (heartbeat_every.count() < 0) return wrong("heartbeat_every");
    if (countdown_every.count() <= 0) return wrong("countdown_every");
    if (reopen_first.count() <= 0) return wrong("reopen_first");
    if (reopen_most < reopen_first) return wrong("reopen_most");
    if (own_call.count() <= 0) return wrong("own_call");
    return {};
}

class display_keeper::body : public std::enable_shared_from_this<body> {
  public:
    body(opener open, timer_source& timer, keeper_settings settings, keeper_observer watch, logger log)
        : open_(std::move(open))
        , timer_(timer)
        , settings_(settings)
        , watch_(std::move(watch))
        , log_(std::move(log)) {}

    /// No task of this keeper does anything from here on; one that runs is waited for.
    void stop() {
        std::unique_lock held(io_);
        stopped_ = true;
        timer_.cancel(armed_);
        device_.reset();
    }

    void start() {
        std::unique_lock held(io_);
        if (device_ || stopped_) return;
        reopen_at_ = timer_.now();
        arm();
    }

    bool attached() {
        std::unique_lock held(io_);
        return device_ != nullptr;
    }

    ports::display_capabilities capabilities() {
        std::lock_guard held(can_lock_);
        return can_;
    }

    result<void> show(content next, const call& bounds) {
        const auto mine = note(next);
        std::unique_lock held(io_, std::defer_lock);
        if (!held.try_lock_until(bounds.until().at())) {
            make_up();
            return late();
        }
        if (!take(mine)) return {}; // a later call has replaced it already
        auto drawn = put(std::move(next), bounds);
        arm();
        held.unlock();
        tell();
        return drawn;
    }

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

    result<void> set_brightness(int percent, const call& bounds) {
        auto set = ask(bounds, [&](ports::display& on) { return on.set_brightness(percent, bounds); });
        if (set || !turned_down(set.error())) brightness_ = percent;
        return set;
    }

    [[nodiscard]] moment until(milliseconds span) const { return timer_.now() + span; }
    [[nodiscard]] const keeper_settings& settings() const noexcept { return settings_; }

  private:
    static error late() {
        return error(make_error_code(boost::system::errc::timed_out), layer::drivers).during("display");
    }

    [[nodiscard]] call own_bounds() const { return call(settings_.own_call); }

    /// Notes what is wanted, before the keeper is free to draw it.
    /// @return its number.
    std::uint64_t note(const content& next) {
        std::lock_guard held(wanted_lock_);
        wanted_ = next;
        return ++wanted_last_;
    }

    /// Under the io lock: content `number` is drawn now. @return false if a later one was drawn before.
    bool take(std::uint64_t number) {
        if (number < drawn_last_) return false;
        drawn_last_ = number;
        std::lock_guard held(wanted_lock_);
        if (number == wanted_last_) wanted_.reset();
        return true;
    }

    /// Under the io lock: what was noted and is not drawn yet becomes the content. @return whether there was any.
    bool take_wanted() {
        std::lock_guard held(wanted_lock_);
        if (!wanted_) return false;
        drawn_last_ = wanted_last_;
        now_showing(*std::exchange(wanted_, std::nullopt));
        return true;
    }

    /// The timer's thread draws what a call could not wait for.
    void make_up() {
        timer_.at(timer_.now(), [weak = weak_from_this()] {
            if (auto self = weak.lock()) self->wake();
        });
    }

    void now_showing(content next) {
        content_ = std::move(next);
        countdown_at_ = never;
    }

    /// Draws new content. Where that fails, no code that stood there stays without its end.
    result<void> put(content next, const call& bounds) {
        auto before = std::exchange(content_, std::move(next));
        countdown_at_ = never;
        const bool away = device_ == nullptr;
        if (away) CIPHERLANE_CHECK(open(bounds));
        auto drawn = draw(*device_, bounds);
        if (device_->capabilities().speaks) forget_spoken(drawn.has_value());
        if (drawn) {
            pause_ = milliseconds{0};
        } else if (!turned_down(drawn.error())) {
            drop(drawn.error());
        } else if (std::holds_alternative<code>(before) || drawn.error().is(condition::rejected_by_peer)) {
            take_down(drawn.error());
        } else {
            content_ = std::move(before);
            if (away) static_cast<void>(redraw(own_bounds()));
        }
        return drawn;
    }

    /// What was said is over. What perhaps was is said again only where the speaker can tell that it is the same.
    void forget_spoken(bool said) {
        const auto* end = std::get_if<outcome>(&content_);
        if (!said && end != nullptr && end->what.payment != 0) return;
        now_showing(ports::blank_view{});
    }

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
            pause_ = milliseconds{0};
        } else if (outcome.error().is(condition::link_lost)) {
            drop(outcome.error());
        }
        return outcome;
    }

    result<void> open(const call& bounds) {
        auto opened = open_(bounds);
        if (!opened) {
            reopen_later();
            return std::move(opened).error();
        }
        device_ = *std::move(opened);
        if (const int percent = brightness_; percent != unset) {
            auto set = device_->set_brightness(percent, bounds);
            if (!set && set.error().is(condition::link_lost)) { // of all else the picture will tell
                device_.reset();
                reopen_later();
                return set;
            }
        }
        reopen_at_ = never;
        heartbeat_at_ = settings_.heartbeat_every.count() > 0 ? until(settings_.heartbeat_every) : never;
        {
            std::lock_guard held(can_lock_);
            can_ = device_->capabilities();
        }
        opened_ = true;
        return {};
    }

    void drop(const error& why) {
        log_.warning("display", why.to_string());
        device_.reset();
        lost_ = why;
        heartbeat_at_ = countdown_at_ = never;
        reopen_later();
    }

    /// The pause grows until a command succeeds: one that opens and then fails is no better than one that is away.
    void reopen_later() {
        pause_ = pause_.count() == 0 ? settings_.reopen_first : std::min(pause_ * 2, settings_.reopen_most);
        reopen_at_ = until(pause_);
    }

    result<void> draw(ports::display& on, const call& bounds) {
        return std::visit(cases{[&](const code& what) { return draw_code(on, what, bounds); },
                              [&](const two_lines& what) { return on.show_text(what.line1, what.line2, bounds); },
                              [&](const outcome& what) { return on.show(what.what, bounds); },
                              [&](const auto& what) { return on.show(what, bounds); }},
            content_);
    }

    result<void> draw_code(ports::display& on, const code& what, const call& bounds) {
        auto view = what.view;
        if (what.until) {
            view.valid_for = std::chrono::ceil<milliseconds>(*what.until - timer_.now());
            if (view.valid_for.count() <= 0) return on.clear(bounds);
        }
        auto drawn = on.show_qr(view, bounds);
        if (drawn && what.until && on.capabilities().countdown) countdown_at_ = until(settings_.countdown_every);
        return drawn;
    }

    /// What runs out by itself; true if the screen must be drawn anew.
    bool let_expire(moment now) {
        if (auto* shown = std::get_if<code>(&content_); shown && shown->until && *shown->until <= now) {
            auto total = shown->view.total;
            if (settings_.expired_code == keeper_settings::on_expiry::clear) {
                now_showing(ports::blank_view{});
            } else {
                std::optional<moment> end;
                if (settings_.outcome_for.count() > 0) end = now + settings_.outcome_for;
                now_showing(outcome{{ports::payment_outcome::expired, total}, end});
            }
            return true;
        }
        if (auto* shown = std::get_if<outcome>(&content_); shown && shown->until && *shown->until <= now) {
            now_showing(ports::blank_view{});
            return true;
        }
        return false;
    }

    void wake() {
        std::unique_lock held(io_);
        if (stopped_) return;
        auto now = timer_.now();
        auto changed = take_wanted();
        if (changed && !device_) reopen_at_ = std::min(reopen_at_, now);
        changed = let_expire(now) || changed;
        if (!device_ && reopen_at_ <= now) changed = open(own_bounds()).has_value();
        if (device_ && changed) static_cast<void>(redraw(own_bounds()));
        if (device_ && countdown_at_ <= now) count_down(now);
        if (device_ && heartbeat_at_ <= now) beat(now);
        arm();
        held.unlock();
        tell();
    }

    /// A picture that could not be changed may be a stale code: the display is opened anew and drawn again, or
    /// cleared where it would refuse the same picture again.
    /// @return no value where the display had to be given up.
    result<void> redraw(const call& bounds) {
        auto drawn = draw(*device_, bounds);
        if (device_->capabilities().speaks) forget_spoken(drawn.has_value());
        if (drawn) {
            pause_ = milliseconds{0};
            return {};
        }
        if (turned_down(drawn.error())) {
            take_down(drawn.error());
            if (device_) return {};
        } else {
            drop(drawn.error());
        }
        return drawn;
    }

    /// Nothing is shown from here on, and nothing stays that runs out.
    void take_down(const error& why) {
        log_.warning("display", why.to_string());
        now_showing(ports::blank_view{});
        auto cleared = device_->clear(own_bounds());
        if (cleared) {
            pause_ = milliseconds{0};
        } else if (!cleared.error().is(condition::unsupported)) { // opened anew, paper could not be cleared either
            drop(cleared.error());
        }
    }

    void count_down(moment now) {
        countdown_at_ = never;
        const auto* shown = std::get_if<code>(&content_);
        if (shown == nullptr || !shown->until) return;
        auto left = std::chrono::ceil<std::chrono::seconds>(*shown->until - now);
        auto drawn = device_->show_remaining(left, own_bounds());
        if (drawn) {
            countdown_at_ = now + settings_.countdown_every;
        } else if (!drawn.error().is(condition::unsupported)) {
            drop(drawn.error());
        }
    }

    void beat(moment now) {
        auto alive = device_->heartbeat(own_bounds());
        if (alive ||
            alive.error().is(condition::unsupported)) { // one that cannot be asked may be known to be gone later
            heartbeat_at_ = now + settings_.heartbeat_every;
        } else {
            drop(alive.error());
        }
        // Nobody knows what is on such a glass: something may have been lost, or its power may have gone behind the
        // port.
        if (device_ && !alive && device_->capabilities().repeats) static_cast<void>(redraw(own_bounds()));
    }

    /// One timer for whatever comes next.
    void arm() {
        auto next = std::min({device_ ? never : reopen_at_, heartbeat_at_, countdown_at_});
        if (const auto* shown = std::get_if<code>(&content_); shown && shown->until)
            next = std::min(next, *shown->until);
        if (const auto* shown = std::get_if<outcome>(&content_); shown && shown->until) {
            next = std::min(next, *shown->until);
        }
        timer_.cancel(armed_);
        armed_ = 0;
        if (next == never || stopped_) return;
        armed_ = timer_.at(next, [weak = weak_from_this()] {
            if (auto self = weak.lock()) self->wake();
        });
    }

    /// Tells the observer what happened, without the lock.
    void tell() {
        std::optional<error> lost;
        bool opened = false;
        {
            std::lock_guard held(io_);
            if (stopped_) return;
            lost = std::exchange(lost_, std::nullopt);
            opened = std::exchange(opened_, false);
        }
        if (lost && watch_.lost) watch_.lost(*lost);
        if (opened && watch_.opened) watch_.opened();
    }

    opener open_;
    timer_source& timer_;
    keeper_settings settings_;
    keeper_observer watch_;
    logger log_;

    std::timed_mutex io_; // guards all below up to wanted_lock_, but brightness_
    std::unique_ptr<ports::display> device_;
    content content_;
    moment reopen_at_ = never;
    moment heartbeat_at_ = never;
    moment countdown_at_ = never;
    milliseconds pause_{0};
    std::uint64_t armed_ = 0;
    bool stopped_ = false;
    bool opened_ = false;
    std::optional<error> lost_;

    static constexpr int unset = -1;
    std::atomic<int> brightness_ = unset; // the one asked for last: each opening sets it again
    std::uint64_t drawn_last_ = 0;

    std::mutex wanted_lock_; // never held over a call of anything else
    std::optional<content> wanted_;
    std::uint64_t wanted_last_ = 0;

    std::mutex can_lock_;
    ports::display_capabilities can_;
};

display_keeper::display_keeper(
    opener open, timer_source& timer, keeper_settings settings, keeper_observer watch, logger log)
    : body_(std::make_shared<body>(std::move(open), timer, settings, std::move(watch), std::move(log))) {}

display_keeper::~display_keeper() {
    body_->stop();
}

void display_keeper::start() {
    body_->start();
}

bool display_keeper::attached() const {
    return body_->attached();
}

result<void> display_keeper::show(const ports::display_content& what, const call& bounds) {
    const auto end = [this](milliseconds span) -> std::optional<moment> {
        if (span.count() > 0) return body_->until(span);
        return std::nullopt;
    };
    const auto put = [&](content next) { return body_->show(std::move(next), bounds); };
    return std::visit(
        cases{[&](const ports::qr_view& view) {
                  return put(code{view, end(view.valid_for)});
              },
            [&](const ports::text_view& text) {
                return put(two_lines{std::string(text.line1), std::string(text.line2)});
            },
            [&](const ports::outcome_view& how) {
                return put(outcome{how, end(body_->settings().outcome_for)});
            },
            [&](const ports::amount_view& money) { return put(money); },
            [&](const ports::blank_view& nothing) { return put(nothing); },
            [&](const ports::remaining_view&) -> result<void> {
                return error(make_error_code(drivers_errc::not_supported), layer::drivers).during("show_remaining");
            }},
        what);
}

result<void> display_keeper::set_brightness(int percent, const call& bounds) {
    return body_->set_brightness(percent, bounds);
}

result<std::string> display_keeper::heartbeat(const call& bounds) {
    return body_->ask(bounds, [&](ports::display& on) { return on.heartbeat(bounds); });
}

ports::display_capabilities display_keeper::capabilities() const noexcept {
    return body_->capabilities();
}

} // namespace cipherlane::drivers
