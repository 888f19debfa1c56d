// Connections of a pool: opening, questions, replacement. What is thought of a unit is `unit_health`'s matter.
#include "client/pool_core.hpp"
#include "command/bind.hpp"
#include "fail.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/net/errc.hpp>

#include <algorithm>

namespace cipherlane::hsm {

/// Opens one more connection where one is missing, to the unit with the fewest.
void pool_core::want_connection(const pool_call& what) {
    // Asked with each call that shares a connection: the batch has read the clock.
    const auto moment = now();
    std::size_t chosen = pool_call::no_unit;
    std::size_t least = 0;
    for (std::size_t i = 0; i < units_.size(); ++i) {
        const auto& unit = units_[i];
        const auto there = unit.connections.size() + unit.connecting;
        if (there >= settings_.connections || !unit.health.may_connect(moment, unit.connecting)) continue;
        const auto weight = there + (i == what.avoid ? 1'000'000 : 0);
        if (chosen != pool_call::no_unit && weight >= least) continue;
        chosen = i;
        least = weight;
    }
    if (chosen != pool_call::no_unit) connect(chosen);
}

void pool_core::connect(std::size_t unit) {
    if (closed_) return;
    auto& subject = units_[unit];
    ++subject.connecting;
    const call bounds(subject.at.connect_timeout, stop_.get_token());
    auto done = boost::asio::bind_executor(
        strand_, [self = shared_from_this(), unit](result<std::unique_ptr<net::transport>> link) mutable {
            self->connected(unit, std::move(link));
        });
    if (settings_.tls != nullptr)
        return net::async_connect_tls(strand_, subject.at, settings_.tls, bounds, std::move(done));
    net::async_connect_tcp(strand_, subject.at, bounds, std::move(done));
}

/// A certificate's fault that keeps every unit away that is not out anyway: callers hear of it at once.
const error* pool_core::common_fault() const {
    const error* found = nullptr;
    for (const auto& unit : units_) {
        if (unit.health.is_out()) continue;
        const auto* fault = unit.health.certificate_fault();
        if (fault == nullptr) return nullptr;
        found = fault;
    }
    return found;
}

/// What no call need wait for: it hears of it at once.
std::optional<error> pool_core::lasting_fault() const {
    if (const auto* fault = common_fault()) return *fault;
    if (settings_.unreached == until_reached::calls_wait) return std::nullopt;
    const bool none = std::all_of(units_.begin(), units_.end(),
        [](const pool_unit& each) { return each.health.is_out() || each.health.has_never_worked(); });
    if (none) return no_unit();
    return std::nullopt;
}

/// Why no unit can be used: where the last one that failed is, and what it failed of; then the others.
error pool_core::no_unit() const {
    const auto cause_of = [](const pool_unit& of) {
        const auto& why = of.health.last_error();
        return why.code().message() + (why.hint().empty() ? std::string() : ": " + std::string(why.hint()));
    };
    const pool_unit* last = nullptr;
    for (const auto& unit : units_) {
        if (!unit.health.last_error().code()) continue;
        if (last == nullptr || unit.health.failed_at() >= last->health.failed_at()) last = &unit;
    }
    auto why = fail(hsm_errc::no_unit);
    if (last == nullptr) return why;
    auto words = cause_of(*last);
    for (const auto& unit : units_) {
        if (&unit == last || unit.health.takes_calls() || !unit.health.last_error().code()) continue;
        words.append("; ").append(unit.stats.endpoint).append(": ").append(cause_of(unit));
    }
    return std::move(why).during("pool").at_endpoint(last->stats.endpoint).with_hint(words);
}

/// Of a call that waited in vain: no unit could be used, or all were busy.
error pool_core::waited_in_vain() const {
    const bool busy =
        std::any_of(units_.begin(), units_.end(), [](const pool_unit& each) { return each.health.takes_calls(); });
    const auto why = no_unit();
    return busy || why.endpoint().empty() ? timed_out() : why;
}

void pool_core::connected(std::size_t unit, result<std::unique_ptr<net::transport>> link) {
    auto& subject = units_[unit];
    --subject.connecting;
    if (closed_ || subject.health.is_out()) return;
    if (!link) {
        ++subject.stats.failed_connects;
        return unit_failed(unit, link.error());
    }
    ++subject.stats.connects;
    auto made = std::make_shared<pool_connection>(shared_from_this(), unit, *std::move(link));
    made->start();
    subject.connections.push_back(made);
    subject.note_idle(*made);
    carry_out(subject.health.connected(), unit, made.get());
}

/// What a unit's health asks for; questions go out `on` that connection.
void pool_core::carry_out(unit_health::next what, std::size_t unit, pool_connection* on) {
    switch (what) {
    case unit_health::next::nothing: return;
    case unit_health::next::ask: return check_health(*on);
    case unit_health::next::serve: return serve_waiting();
    case unit_health::next::take_out: return taken_out(unit);
    }
}

/// A unit that comes back gets a connection; where it has all that it may have, a question on one of them.
void pool_core::try_again(std::size_t unit) {
    auto& subject = units_[unit];
    if (closed_ || subject.connecting != 0) return;
    if (subject.connections.size() < settings_.connections) return connect(unit);
    auto* on = subject.with_room();
    carry_out(subject.health.rested(on != nullptr), unit, on);
}

void pool_core::doubt(std::size_t unit) {
    auto& subject = units_[unit];
    auto* on = subject.with_room();
    carry_out(subject.health.doubted(on != nullptr, !subject.connections.empty()), unit, on);
}

void pool_core::unit_failed(std::size_t unit, const error& why) {
    auto& subject = units_[unit];
    const auto rest = subject.health.failed(clock::now(), static_cast<std::uint32_t>(jitter_()), why);
    if (!rest) return;
    settings_.log.warning(
        "hsm", subject.stats.endpoint + " rests for " + std::to_string(rest->count()) + " ms: " + why.to_string());
    arm(subject.health.rests_until());
    if (const auto fault = lasting_fault()) end_waiting(*fault);
    if (!waiting_.empty()) want_connection(*waiting_.front());
}

void pool_core::closed(pool_connection& which, const error& why) {
    auto& subject = units_[which.unit()];
    subject.forget_idle(which);
    std::erase(gathered_, &which);
    std::erase_if(subject.connections, [&](const auto& each) { return each.get() == &which; });
    if (closed_) return;
    if (!why.code()) {
        // It may have been what kept another from being opened.
        if (!waiting_.empty()) want_connection(*waiting_.front());
        return;
    }
    // A peer that hangs up on an idle connection has not failed; one that breaks the last connection has.
    if (subject.connections.empty()) unit_failed(which.unit(), why);
}

void pool_core::look_after_connections(clock::time_point now) {
    next_care_ =
        now + std::max<std::chrono::milliseconds>(settings_.health_interval / 2, std::chrono::milliseconds(10));
    for (auto& unit : units_) {
        const auto kept = unit.connections;
        for (const auto& each : kept) {
            const bool old = settings_.largest_age.count() != 0 && now - each->opened() > settings_.largest_age;
            if (old) {
                each->retire();
            } else if (each->in_flight() == 0 && now - each->last_used() >= settings_.health_interval / 2) {
                check_health(*each);
            }
        }
        auto* on = unit.with_room();
        const auto next = unit.health.looked_after(now, on != nullptr, !unit.connections.empty());
        if (next == unit_health::next::ask) check_health(*on);
    }
}

/// Sends the profile's health command on this very connection.
void pool_core::check_health(pool_connection& on) {
    const auto* command = settings_.dialect->command(settings_.dialect->health);
    auto& unit = units_[on.unit()];
    if (command == nullptr || !on.has_room()) return;
    unit.health.asked(now());
    auto& what = take_call();
    what.subject->command = command;
    if (!engine_.encode_request(*command, what.subject->asked, what.body)) return recycle(what);
    what.until = clock::now() + settings_.answer_timeout;
    what.is_health = true;
    what.end.emplace(boost::asio::bind_allocator(end_allocator<>(),
        [core = shared_from_this(), at = on.unit(), asked = on.weak_from_this()](const result<reply_ptr*>& answer) {
            const auto shown =
                answer ? result<short_bytes>(short_bytes((**answer)->values.value(field_name("lmk_check"))))
                       : result<short_bytes>(answer.error());
            core->health_came(at, asked, shown);
        }));
    activate(what);
    send(on, what);
}

void pool_core::health_came(
    std::size_t unit, const std::weak_ptr<pool_connection>& on, const result<short_bytes>& answer) {
    auto& subject = units_[unit];
    if (closed_) return;
    if (!answer) {
        if (auto connection = on.lock()) connection->fail(answer.error());
        // One that was asked whether it is back and is not rests again.
        if (subject.health.state() == unit_state::resting) unit_failed(unit, answer.error());
        return;
    }
    const auto next = subject.health.shown(*answer, lmk_check_);
    if (next == unit_health::next::take_out) {
        settings_.log.error("hsm", subject.stats.endpoint + " is taken out: its local master key shows " +
                                       to_hex(answer->view()) + ", not " + to_hex(lmk_check_.view()));
        ++subject.stats.by_code["lmk"];
    }
    carry_out(next, unit, nullptr);
}

} // namespace cipherlane::hsm
