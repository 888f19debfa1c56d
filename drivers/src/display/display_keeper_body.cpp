#include "display_keeper_body.hpp"

#include "../cases.hpp"

#include <algorithm>
#include <utility>

namespace cipherlane::drivers {
namespace {

/// The device is there, and what it was told is the fault: opened anew it would end the same way.
bool turned_down(const error& why) {
    return why.is(condition::misuse) || why.is(condition::unsupported) || why.is(condition::local_fault) ||
           why.is(condition::rejected_by_peer);
}

} // namespace

void display_keeper::body::stop() {
    std::unique_lock held(io_);
    stopped_ = true;
    timer_.cancel(armed_);
    device_.reset();
}

void display_keeper::body::start() {
    std::unique_lock held(io_);
    if (device_ || stopped_) return;
    reopen_at_ = timer_.now();
    arm();
}

bool display_keeper::body::attached() {
    std::unique_lock held(io_);
    return device_ != nullptr;
}

ports::display_capabilities display_keeper::body::capabilities() {
    std::lock_guard held(can_lock_);
    return can_;
}

result<void> display_keeper::body::show(kept::content next, const call& bounds) {
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

result<void> display_keeper::body::set_brightness(int percent, const call& bounds) {
    auto set = ask(bounds, [&](ports::display& on) { return on.set_brightness(percent, bounds); });
    if (set || !turned_down(set.error())) brightness_ = percent;
    return set;
}

error display_keeper::body::late() {
    return error(make_error_code(boost::system::errc::timed_out), layer::drivers).during("display");
}

std::uint64_t display_keeper::body::note(const kept::content& next) {
    std::lock_guard held(wanted_lock_);
    wanted_ = next;
    return ++wanted_last_;
}

bool display_keeper::body::take(std::uint64_t number) {
    if (number < drawn_last_) return false;
    drawn_last_ = number;
    std::lock_guard held(wanted_lock_);
    if (number == wanted_last_) wanted_.reset();
    return true;
}

bool display_keeper::body::take_wanted() {
    std::lock_guard held(wanted_lock_);
    if (!wanted_) return false;
    drawn_last_ = wanted_last_;
    now_showing(*std::exchange(wanted_, std::nullopt));
    return true;
}

void display_keeper::body::make_up() {
    timer_.at(timer_.now(), [weak = weak_from_this()] {
        if (auto self = weak.lock()) self->wake();
    });
}

void display_keeper::body::now_showing(kept::content next) {
    content_ = std::move(next);
    countdown_at_ = kept::never;
}

result<void> display_keeper::body::put(kept::content next, const call& bounds) {
    auto before = std::exchange(content_, std::move(next));
    countdown_at_ = kept::never;
    const bool away = device_ == nullptr;
    if (away) CIPHERLANE_CHECK(open(bounds));
    auto drawn = draw(*device_, bounds);
    if (device_->capabilities().speaks) forget_spoken(drawn.has_value());
    if (drawn) {
        pause_ = std::chrono::milliseconds{0};
    } else if (!turned_down(drawn.error())) {
        drop(drawn.error());
    } else if (std::holds_alternative<kept::code>(before) || drawn.error().is(condition::rejected_by_peer)) {
        take_down(drawn.error());
    } else {
        content_ = std::move(before);
        if (away) static_cast<void>(redraw(own_bounds()));
    }
    return drawn;
}

void display_keeper::body::forget_spoken(bool said) {
    const auto* end = std::get_if<kept::outcome>(&content_);
    if (!said && end != nullptr && end->what.payment != 0) return;
    now_showing(ports::blank_view{});
}

result<void> display_keeper::body::open(const call& bounds) {
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
    reopen_at_ = kept::never;
    heartbeat_at_ = settings_.heartbeat_every.count() > 0 ? until(settings_.heartbeat_every) : kept::never;
    {
        std::lock_guard held(can_lock_);
        can_ = device_->capabilities();
    }
    opened_ = true;
    return {};
}

void display_keeper::body::drop(const error& why) {
    log_.warning("display", why.to_string());
    device_.reset();
    lost_ = why;
    heartbeat_at_ = countdown_at_ = kept::never;
    reopen_later();
}

void display_keeper::body::reopen_later() {
    pause_ = pause_.count() == 0 ? settings_.reopen_first : std::min(pause_ * 2, settings_.reopen_most);
    reopen_at_ = until(pause_);
}

result<void> display_keeper::body::draw(ports::display& on, const call& bounds) {
    return std::visit(cases{[&](const kept::code& what) { return draw_code(on, what, bounds); },
                          [&](const kept::two_lines& what) { return on.show_text(what.line1, what.line2, bounds); },
                          [&](const kept::outcome& what) { return on.show(what.what, bounds); },
                          [&](const auto& what) { return on.show(what, bounds); }},
        content_);
}

result<void> display_keeper::body::draw_code(ports::display& on, const kept::code& what, const call& bounds) {
    auto view = what.view;
    if (what.until) {
        view.valid_for = std::chrono::ceil<std::chrono::milliseconds>(*what.until - timer_.now());
        if (view.valid_for.count() <= 0) return on.clear(bounds);
    }
    auto drawn = on.show_qr(view, bounds);
    if (drawn && what.until && on.capabilities().countdown) countdown_at_ = until(settings_.countdown_every);
    return drawn;
}

bool display_keeper::body::let_expire(kept::moment now) {
    if (auto* shown = std::get_if<kept::code>(&content_); shown && shown->until && *shown->until <= now) {
        auto total = shown->view.total;
        if (settings_.expired_code == keeper_settings::on_expiry::clear) {
            now_showing(ports::blank_view{});
        } else {
            std::optional<kept::moment> end;
            if (settings_.outcome_for.count() > 0) end = now + settings_.outcome_for;
            now_showing(kept::outcome{{ports::payment_outcome::expired, total}, end});
        }
        return true;
    }
    if (auto* shown = std::get_if<kept::outcome>(&content_); shown && shown->until && *shown->until <= now) {
        now_showing(ports::blank_view{});
        return true;
    }
    return false;
}

void display_keeper::body::wake() {
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

result<void> display_keeper::body::redraw(const call& bounds) {
    auto drawn = draw(*device_, bounds);
    if (device_->capabilities().speaks) forget_spoken(drawn.has_value());
    if (drawn) {
        pause_ = std::chrono::milliseconds{0};
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

void display_keeper::body::take_down(const error& why) {
    log_.warning("display", why.to_string());
    now_showing(ports::blank_view{});
    auto cleared = device_->clear(own_bounds());
    if (cleared) {
        pause_ = std::chrono::milliseconds{0};
    } else if (!cleared.error().is(condition::unsupported)) { // opened anew, paper could not be cleared either
        drop(cleared.error());
    }
}

void display_keeper::body::count_down(kept::moment now) {
    countdown_at_ = kept::never;
    const auto* shown = std::get_if<kept::code>(&content_);
    if (shown == nullptr || !shown->until) return;
    auto left = std::chrono::ceil<std::chrono::seconds>(*shown->until - now);
    auto drawn = device_->show_remaining(left, own_bounds());
    if (drawn) {
        countdown_at_ = now + settings_.countdown_every;
    } else if (!drawn.error().is(condition::unsupported)) {
        drop(drawn.error());
    }
}

void display_keeper::body::beat(kept::moment now) {
    auto alive = device_->heartbeat(own_bounds());
    if (alive || alive.error().is(condition::unsupported)) { // one that cannot be asked may be known to be gone later
        heartbeat_at_ = now + settings_.heartbeat_every;
    } else {
        drop(alive.error());
    }
    // Nobody knows what is on such a glass: something may have been lost, or its power may have gone behind the
    // port.
    if (device_ && !alive && device_->capabilities().repeats) static_cast<void>(redraw(own_bounds()));
}

void display_keeper::body::arm() {
    auto next = std::min({device_ ? kept::never : reopen_at_, heartbeat_at_, countdown_at_});
    if (const auto* shown = std::get_if<kept::code>(&content_); shown && shown->until)
        next = std::min(next, *shown->until);
    if (const auto* shown = std::get_if<kept::outcome>(&content_); shown && shown->until) {
        next = std::min(next, *shown->until);
    }
    timer_.cancel(armed_);
    armed_ = 0;
    if (next == kept::never || stopped_) return;
    armed_ = timer_.at(next, [weak = weak_from_this()] {
        if (auto self = weak.lock()) self->wake();
    });
}

void display_keeper::body::tell() {
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

} // namespace cipherlane::drivers
