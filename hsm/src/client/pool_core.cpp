#include "client/pool_core.hpp"

#include "client/command_exchange.hpp"
#include "client/message_builder.hpp"
#include "command/bind.hpp"
#include "fail.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/hsm/frame.hpp>
#include <cipherlane/net/errc.hpp>

#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <bit>
#include <utility>

namespace cipherlane::hsm {
namespace {

std::size_t bucket_of(std::uint64_t microseconds) {
    const auto width = static_cast<std::size_t>(std::bit_width(microseconds >> 4));
    return std::min(width, unit_stats::latency_buckets - 1);
}

/// More than any dialect has.
constexpr std::size_t most_codes = 256;

void count_code(std::map<std::string, std::uint64_t>& in, std::string_view code) {
    std::string name(code);
    if (in.size() >= most_codes && !in.contains(name)) name = "other";
    ++in[name];
}

} // namespace

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

// --- the beginning of calls ---

pool_call& pool_core::take_call() {
    pool_call* made = nullptr;
    const bool here = is_here();
    if (here && !spare_.empty()) {
        made = spare_.back();
        spare_.pop_back();
    } else if (!here) {
        made = calls_.take();
    }
    if (made == nullptr) made = new pool_call;
    made->from_strand = here;
    if (made->subject == nullptr) made->subject = fresh_reply();
    return *made;
}

void pool_core::recycle(pool_call& used) {
    used.clear();
    if (used.from_strand) {
        spare_.push_back(&used);
    } else {
        calls_.give_back(&used);
    }
}

result<pool_call*> pool_core::prepare(const operation_request& request, const call& bounds) {
    auto& made = take_call();
    if (auto encoded = encode_call(request, *made.subject, made.body); !encoded) {
        recycle(made);
        return encoded.error();
    }
    return bounded(made, bounds);
}

result<pool_call*> pool_core::prepare(const raw_command& command, const call& bounds) {
    auto& made = take_call();
    if (auto bound = bind_raw(command.body(), *made.subject); !bound) {
        recycle(made);
        return bound.error();
    }
    made.body.assign(command.body().begin(), command.body().end());
    made.wants_raw = true;
    return bounded(made, bounds);
}

result<pool_call*> pool_core::bounded(pool_call& made, const call& bounds) {
    const auto& frame = settings_.dialect->frame;
    if (const auto size = made.body.size(); size + frame.header_length + frame.trailer.size() + 1 > frame.largest) {
        recycle(made);
        return fail(hsm_errc::bad_length).in_field("message").at_offset(size);
    }
    made.until = bounds.until().at();
    if (bounds.stop().stop_possible()) made.stop = bounds.stop();
    // Whether raw bytes may be sent twice is the caller's to know.
    made.safe = made.subject->command != nullptr && made.subject->command->repeat == repetition::safe;
    if (made.wants_raw) made.attempts = settings_.attempts;
    return &made;
}

void pool_core::submit(pool_call* what, call_end end) {
    what->end.emplace(std::move(end));
    if (is_here()) return admit(*what);
    bool first = false;
    {
        const std::lock_guard lock(inbox_guard_);
        first = inbox_.empty();
        inbox_.push_back(what);
    }
    if (first) boost::asio::post(strand_, [self = shared_from_this()] { self->take_inbox(); });
}

bool pool_core::withdraw(pool_call* what, std::uint64_t serial) {
    {
        const std::lock_guard lock(inbox_guard_);
        const auto at = std::find(inbox_.begin(), inbox_.end(), what);
        if (at == inbox_.end() || what->serial != serial) return false;
        inbox_.erase(at);
    }
    what->end.reset();
    recycle(*what);
    return true;
}

void pool_core::take_inbox() {
    const batch together(*this);
    {
        const std::lock_guard lock(inbox_guard_);
        taken_.swap(inbox_);
    }
    for (auto* each : taken_) {
        admit(*each);
    }
    taken_.clear();
}

void pool_core::refuse_later(const error& why, call_end end) {
    boost::asio::post(strand_, [last = std::move(end), why]() mutable { std::move(last)(why); });
}

namespace {

/// The core whose batch runs on this thread.
thread_local const pool_core* running = nullptr;

} // namespace

bool pool_core::is_here() const noexcept {
    return running == this;
}

pool_core::batch::batch(pool_core& of)
    : core_(of)
    , outer_(std::exchange(running, &of)) {
    if (core_.batches_++ == 0) core_.now_ = clock::now();
}

pool_core::batch::~batch() {
    if (core_.batches_ == 1) core_.flush_gathered();
    --core_.batches_;
    running = outer_;
}

bool pool_core::gathers(pool_connection& which) {
    if (batches_ == 0) return false;
    if (!std::exchange(which.gathered_, true)) gathered_.push_back(&which);
    return true;
}

void pool_core::flush_gathered() {
    for (auto* each : gathered_) {
        each->flush();
    }
    gathered_.clear();
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
    if (const auto* fault = common_fault()) return refuse(what, *fault);
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

// --- the end of calls ---

void pool_core::answered(pool_connection& on, pool_call& what) {
    auto& unit = units_[on.unit()];
    const auto moment = now();
    unit.health.answered(moment, what.is_health);
    const auto took = std::chrono::duration_cast<std::chrono::microseconds>(moment - what.sent_at).count();
    const auto microseconds = static_cast<std::uint64_t>(std::max<std::int64_t>(took, 0));
    ++unit.stats.answers;
    ++unit.stats.latency[bucket_of(microseconds)];
    unit.stats.latency_sum_us += microseconds;
    judge_unit(on, *what.subject);
    // Before anybody else takes the room.
    if (unit.health.is_check_due() && on.has_room()) check_health(on);
    finish(what, nullptr);
    if (!waiting_.empty()) serve_waiting();
}

/// The unit has carried it out, or refused: asking again would not be safe, nor would it help.
void pool_core::unreadable(pool_connection& on, pool_call& what, const error& why) {
    auto& unit = units_[on.unit()];
    unit.health.heard(now());
    ++unit.stats.unreadable;
    if (const auto times = unreadable_.count(now()); times != 0) {
        settings_.log.warning(
            "hsm", counted_line::counted(
                       unit.stats.endpoint + " gave an answer that cannot be read: " + why.to_string(), times));
    }
    finish(what, judge_loss(error(why).at_endpoint(on.endpoint()), what.subject->command, true));
    if (!waiting_.empty()) serve_waiting();
}

/// A refusal may be about the unit itself, or hint at another local master key.
void pool_core::judge_unit(pool_connection& on, const reply& answer) {
    auto& subject = units_[on.unit()];
    if (answer.command == nullptr) return;
    if (answer.status.what != answer_status::kind::refused) return subject.health.accepted();
    const auto code = answer.status.code.view();
    ++subject.stats.refusals;
    count_code(subject.stats.by_code, code);
    const auto& parity = settings_.dialect->key_parity;
    subject.health.refused(std::find(parity.begin(), parity.end(), code) != parity.end());
    const auto judged = check_status(answer);
    const bool fatal = !judged && judged.error().code() == make_error_code(hsm_errc::out_of_service);
    // A command for the authorised state says nothing about a unit that works outside it.
    const bool known = subject.health.state() == unit_state::out_of_service;
    if (!fatal || answer.command->needs_authorised || known) return;
    settings_.log.error("hsm", subject.stats.endpoint + " is taken out: code " + std::string(code) + ", " +
                                   std::string(settings_.dialect->meaning(*answer.command, code)));
    subject.health.take_out(judged.error());
    taken_out(on.unit());
}

bool pool_core::may_repeat(const pool_call& what) const {
    return settings_.retry == retry_policy::safe_commands && what.safe && !what.is_health && !what.second &&
           what.attempts < settings_.attempts && !closed_;
}

void pool_core::lost(pool_call& what, std::size_t unit, const error& why) {
    ++units_[unit].stats.lost;
    if (may_repeat(what) && clock::now() < what.until) {
        ++retries_;
        what.avoid = unit;
        return place(what);
    }
    finish(what, judge_loss(why, what.subject->command, true));
}

/// With the answer in the call where `why` is null.
void pool_core::finish(pool_call& what, const error* why) {
    deactivate(what);
    if (what.on_stop) what.on_stop.reset();
    if (what.cancellable) boost::asio::get_associated_cancellation_slot(*what.end).clear();
    call_end end(std::move(*what.end));
    what.end.reset();
    // The end reads the answer, and may throw.
    struct recycled {
        pool_core& core;
        pool_call& used;
        ~recycled() { core.recycle(used); }
    } const after{*this, what};
    std::move(end)(why == nullptr ? result<reply_ptr*>(&what.subject) : result<reply_ptr*>(*why));
}

void pool_core::activate(pool_call& what) {
    what.place = active_.size();
    active_.push_back(&what);
}

void pool_core::deactivate(pool_call& what) {
    if (what.waiting) {
        const auto at = std::find(waiting_.begin(), waiting_.end(), &what);
        if (at != waiting_.end()) waiting_.erase(at);
    }
    active_[what.place] = active_.back();
    active_[what.place]->place = what.place;
    active_.pop_back();
}

void pool_core::cancel(pool_call& what, std::uint64_t serial) {
    if (what.serial != serial) return;
    const bool left = what.on != nullptr;
    const error why(make_error_code(net_errc::cancelled), layer::hsm);
    if (left) what.on->forget(what);
    if (what.serial == serial) finish(what, judge_loss(why, what.subject->command, left));
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
