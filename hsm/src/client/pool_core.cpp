#include "client/pool_core.hpp"

#include "client/command_exchange.hpp"
#include "fail.hpp"

#include <cipherlane/net/errc.hpp>

#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <utility>

namespace cipherlane::hsm {

pool_core::pool_core(boost::asio::any_io_executor on, pool_settings settings)
    : settings_(std::move(settings))
    , engine_(settings_.dialect)
    , own_(boost::asio::make_strand(on))
    , strand_(own_)
    , timer_(strand_)
    , lmk_check_(settings_.lmk_check)
    , jitter_(std::random_device{}()) {
    if (settings_.answer_timeout.count() == 0) settings_.answer_timeout = settings_.dialect->timeout;
    const unit_health start(settings_, settings_.dialect->command(settings_.dialect->health) != nullptr);
    for (const auto& each : settings_.units) {
        units_.emplace_back(each, start);
    }
}

error pool_core::timed_out() {
    return {make_error_code(net_errc::timed_out), layer::hsm};
}

std::size_t pool_core::room() const noexcept {
    if (!settings_.dialect->frame.correlates) return 1;
    // Every number in flight must fit the header, with room for those that wait out their lateness.
    const auto digits = std::min<std::size_t>(settings_.dialect->frame.header_length, 4);
    return std::min(settings_.in_flight, (std::size_t{1} << (4 * digits)) / 8);
}

pool_core::~pool_core() {
    const auto drop = [](std::vector<pool_call*>& all) {
        for (auto* each : all) {
            delete each;
        }
    };
    drop(active_);
    drop(inbox_);
    drop(spare_);
}

void pool_core::begin() {
    boost::asio::dispatch(strand_, [self = shared_from_this()] {
        // One connection to each unit at once, so that the first call finds it and a wrong unit is known early.
        for (std::size_t i = 0; i < self->units_.size(); ++i) {
            self->connect(i);
        }
        self->next_care_ = clock::now() + self->settings_.health_interval / 2;
        self->arm(self->next_care_);
    });
}

void pool_core::admit(pool_call& what) {
    activate(what);
    watch_for_cancel(what);
    place(what);
}

void pool_core::watch_for_cancel(pool_call& what) {
    auto slot = boost::asio::get_associated_cancellation_slot(*what.end);
    if (!what.stop.stop_possible() && !slot.is_connected()) return;
    const auto cancel_later = [self = weak_from_this(), &what, serial = what.serial] {
        auto core = self.lock();
        if (core == nullptr) return;
        boost::asio::post(core->strand_, [core, &what, serial] { core->cancel(what, serial); });
    };
    if (what.stop.stop_possible()) what.on_stop.emplace(what.stop, cancel_later);
    if (!slot.is_connected()) return;
    what.cancellable = true;
    slot.assign([cancel_later](boost::asio::cancellation_type) { cancel_later(); });
}

void pool_core::place(pool_call& what) {
    const auto moment = now();
    if (closed_) return refuse(what, fail(hsm_errc::closed));
    if (what.until <= moment) return refuse(what, timed_out());
    if (auto* on = pick(what)) return send(*on, what);
    if (all_out()) return refuse(what, no_unit());
    if (const auto fault = lasting_fault()) return refuse(what, *fault);
    if (waiting_.size() >= settings_.waiting) return refuse(what, fail(hsm_errc::no_unit).in_field("waiting"));
    what.waiting = true;
    what.attempt_until = what.until;
    waiting_.push_back(&what);
    arm(what.until);
    want_connection(what);
}

/// Ends a call, but not while its caller is still starting it.
void pool_core::refuse(pool_call& what, const error& why) {
    what.attempt_until = clock::time_point::max();
    boost::asio::post(strand_, [self = shared_from_this(), &what, serial = what.serial, why] {
        if (what.serial == serial) self->finish(what, why);
    });
}

bool pool_core::all_out() const {
    return std::all_of(units_.begin(), units_.end(), [](const pool_unit& each) { return each.health.is_out(); });
}

/// The connection with the fewest calls, of the unit with the fewest; not of the unit that just failed the call, if
/// there is another.
pool_connection* pool_core::pick(const pool_call& what) {
    pool_connection* best = nullptr;
    std::size_t best_unit = 0;
    for (std::size_t i = 0; i < units_.size(); ++i) {
        auto& unit = units_[i];
        if (!unit.health.takes_calls()) continue;
        const auto load = unit.in_flight + (i == what.avoid ? 1'000'000 : 0);
        if (best != nullptr && load >= best_unit) continue;
        if (auto* found = unit.with_room(); found != nullptr) {
            best = found;
            best_unit = load;
        }
    }
    // A busy connection is shared only when no further one may be opened.
    if (best != nullptr && best->in_flight() > 0) want_connection(what);
    return best;
}

void pool_core::send(pool_connection& on, pool_call& what) {
    what.waiting = false;
    what.second = false;
    ++what.attempts;
    what.sent_at = now();
    what.attempt_until = std::min(what.until, what.sent_at + settings_.answer_timeout);
    arm(what.attempt_until);
    on.send(what);
}

void pool_core::serve_waiting() {
    if (serving_) return;
    serving_ = true;
    while (!waiting_.empty()) {
        auto* next = waiting_.front();
        auto* on = pick(*next);
        if (on == nullptr) break;
        waiting_.pop_front();
        send(*on, *next);
    }
    serving_ = false;
    if (!waiting_.empty()) want_connection(*waiting_.front());
}

// --- time ---

void pool_core::arm(clock::time_point at) {
    if (at >= armed_) return;
    armed_ = at;
    timer_.expires_at(at);
    timer_.async_wait([self = weak_from_this()](const boost::system::error_code& why) {
        auto core = self.lock();
        if (core != nullptr && !why) core->on_timer();
    });
}

void pool_core::on_timer() {
    armed_ = clock::time_point::max();
    const auto now = clock::now();
    // Expiring one call may end others, so look for the next one afresh each time.
    for (;;) {
        const auto due =
            std::find_if(active_.begin(), active_.end(), [&](const pool_call* c) { return c->attempt_until <= now; });
        if (due == active_.end()) break;
        expire(**due, now);
    }
    if (now >= next_care_ && !closed_) look_after_connections(now);
    auto next = closed_ ? clock::time_point::max() : next_care_;
    for (const auto* each : active_) {
        next = std::min(next, each->attempt_until);
    }
    for (std::size_t i = 0; i < units_.size(); ++i) {
        auto& unit = units_[i];
        if (unit.health.state() != unit_state::resting || unit.connecting != 0 || closed_) continue;
        // Tried again even when nobody waits, so that it is there when somebody does.
        if (unit.health.rests_until() <= now) try_again(i);
        if (unit.health.rests_until() > now) next = std::min(next, unit.health.rests_until());
    }
    if (next != clock::time_point::max()) arm(next);
    if (!waiting_.empty()) serve_waiting();
}

void pool_core::expire(pool_call& what, clock::time_point now) {
    const bool left = what.on != nullptr;
    const auto serial = what.serial;
    if (left) {
        const auto unit = what.on->unit();
        ++units_[unit].stats.timeouts;
        // One slow command beside others that are answered says nothing about the unit, a caller in a hurry little.
        const bool unanswered = units_[unit].health.answered_at() <= what.sent_at;
        const bool silent = unanswered && now - what.sent_at >= settings_.answer_timeout;
        // Keeps the connection's loss from being told to this call as well.
        what.on->forget(what);
        if (what.serial != serial) return;
        if (silent) {
            unit_failed(unit, timed_out());
        } else if (unanswered) {
            doubt(unit);
        }
        if (may_repeat(what) && now < what.until) {
            ++retries_;
            what.avoid = unit;
            return place(what);
        }
    }
    if (!left) return finish(what, waited_in_vain());
    finish(what, judge_loss(timed_out(), what.subject->command, left));
}

// --- from outside ---

void pool_core::drain(std::size_t unit) {
    units_[unit].health.take_out(unit_state::drained);
    taken_out(unit);
}

void pool_core::restore(std::size_t unit) {
    if (units_[unit].health.restore(clock::now())) try_again(unit);
}

void pool_core::taken_out(std::size_t unit) {
    const auto kept = units_[unit].connections;
    for (const auto& each : kept) {
        each->retire();
    }
    // Nobody may wait for ever for units that will not come back by themselves.
    if (all_out()) end_waiting(no_unit());
}

void pool_core::end_waiting(const error& why) {
    while (!waiting_.empty()) {
        finish(*waiting_.front(), why);
    }
}

void pool_core::close() {
    if (std::exchange(ended_, true)) return;
    closed_ = true;
    timer_.cancel();
    stop_.request_stop();
    for (auto& unit : units_) {
        const auto kept = unit.connections;
        for (const auto& each : kept) {
            each->fail(fail(hsm_errc::closed));
        }
    }
    while (!active_.empty()) {
        finish(*active_.back(), fail(hsm_errc::closed));
    }
}

pool_stats pool_core::stats() const {
    pool_stats made;
    made.waiting = waiting_.size();
    made.retries = retries_;
    for (const auto& unit : units_) {
        made.units.push_back(unit.stats);
        made.units.back().state = unit.health.state();
        made.units.back().last_error = unit.health.last_error();
        made.units.back().open_connections = unit.connections.size();
        made.units.back().in_flight = unit.in_flight;
    }
    return made;
}

} // namespace cipherlane::hsm
