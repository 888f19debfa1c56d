// Connections of a pool: opening, health, rest, replacement.
#include "client/pool_core.hpp"
#include "command/bind.hpp"
#include "fail.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/net/errc.hpp>

#include <algorithm>

namespace cipherlane::hsm {

/// Opens one more connection where one is missing. A unit that has shown nothing yet since it failed gets one at a
/// time.
void pool_core::want_connection(const pool_call& what) {
    const auto now = clock::now();
    std::size_t chosen = pool_call::no_unit;
    std::size_t least = 0;
    for (std::size_t i = 0; i < units_.size(); ++i) {
        auto& unit = units_[i];
        const bool rested = unit.state == unit_state::resting && now >= unit.rests_until;
        if (unit.state != unit_state::ready && !rested) continue;
        const auto there = unit.connections.size() + unit.connecting;
        if (there >= settings_.connections || (unit.connecting != 0 && !unit.proven)) continue;
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

/// Certificates do not mend themselves while a call waits, so its caller hears of them at once.
void pool_core::note_fault(pool_unit& unit, const error& why) {
    static const auto& category = make_error_code(net_errc::tls_failed).category();
    const auto first = static_cast<int>(net_errc::tls_failed);
    const auto last = static_cast<int>(net_errc::certificate_refused);
    const auto& code = why.code();
    if (code.category() != category || code.value() < first || code.value() > last) return;
    unit.fault = why;
    settings_.log.error("hsm", why.to_string());
}

/// A fault that keeps every unit away that is not out anyway.
const error* pool_core::common_fault() const {
    const error* found = nullptr;
    for (const auto& unit : units_) {
        if (unit.state == unit_state::drained || unit.state == unit_state::out_of_service) continue;
        if (!unit.fault.code()) return nullptr;
        found = &unit.fault;
    }
    return found;
}

void pool_core::connected(std::size_t unit, result<std::unique_ptr<net::transport>> link) {
    auto& subject = units_[unit];
    --subject.connecting;
    if (closed_ || subject.state == unit_state::drained || subject.state == unit_state::out_of_service) return;
    if (!link) {
        ++subject.stats.failed_connects;
        note_fault(subject, link.error());
        return unit_failed(unit);
    }
    ++subject.stats.connects;
    auto made = std::make_shared<pool_connection>(shared_from_this(), unit, *std::move(link));
    const bool unknown = settings_.on_connect == first_check::diagnose &&
                         settings_.dialect->command(settings_.dialect->health) != nullptr && !subject.proven;
    made->start();
    subject.connections.push_back(made);
    subject.note_idle(*made);
    if (unknown) return check_health(*made);
    stand_up(subject);
}

void pool_core::stand_up(pool_unit& unit) {
    unit.proven = true;
    unit.fault = {};
    if (unit.state == unit_state::resting) unit.state = unit_state::ready;
    serve_waiting();
}

/// A unit that comes back gets a connection; where it has all that it may have, a question on one of them.
void pool_core::try_again(std::size_t unit) {
    auto& subject = units_[unit];
    if (closed_ || subject.connecting != 0) return;
    if (subject.connections.size() < settings_.connections) return connect(unit);
    auto* on = subject.with_room();
    if (on == nullptr || subject.checked_at >= subject.rests_until) return;
    if (settings_.dialect->command(settings_.dialect->health) == nullptr) return stand_up(subject);
    check_health(*on);
}

/// A caller gave up before the unit's time was over, and nothing came from it since. It shows itself before it gets
/// more work.
void pool_core::doubt(pool_unit& unit) {
    if (unit.state != unit_state::ready || !unit.proven) return;
    auto* on = unit.with_room();
    const bool can = settings_.dialect->command(settings_.dialect->health) != nullptr;
    if (!can || settings_.on_connect == first_check::none) return;
    unit.check_due = on == nullptr && !unit.connections.empty();
    if (unit.check_due) return;
    unit.proven = false;
    if (on != nullptr) check_health(*on);
}

/// A unit that failed rests, longer each time, by a span that no two clients share.
void pool_core::unit_failed(std::size_t unit) {
    auto& subject = units_[unit];
    if (subject.state != unit_state::ready && subject.state != unit_state::resting) return;
    if (subject.state == unit_state::resting && clock::now() < subject.rests_until) return;
    subject.state = unit_state::resting;
    subject.proven = false;
    const auto half = std::max<std::int64_t>(1, subject.backoff.count() / 2);
    const std::chrono::milliseconds rest(half + static_cast<std::int64_t>(jitter_()) % half);
    subject.rests_until = clock::now() + rest;
    subject.backoff = std::min(2 * subject.backoff, settings_.backoff_most);
    settings_.log.warning("hsm", subject.stats.endpoint + " rests for " + std::to_string(rest.count()) + " ms");
    arm(subject.rests_until);
    if (const auto* fault = common_fault()) end_waiting(error(*fault));
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
    note_fault(subject, why);
    // A peer that hangs up on an idle connection has not failed; one that breaks the last connection has.
    if (subject.connections.empty()) unit_failed(which.unit());
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
        if (unit.state != unit_state::ready || now - unit.checked_at < 3 * settings_.health_interval / 4) continue;
        auto* on = unit.with_room();
        unit.check_due = on == nullptr && !unit.connections.empty();
        if (on != nullptr) check_health(*on);
    }
}

class pool_core::health_end final : public call_end {
  public:
    explicit health_end(pool_connection& on)
        : core_(on.owner_)
        , unit_(on.unit())
        , on_(on.weak_from_this()) {}

    void finish(const reply* answer, const error* why, call_home& home) override {
        const auto shown = answer == nullptr
                               ? result<short_bytes>(*why)
                               : result<short_bytes>(short_bytes(answer->values.value(field_name("lmk_check"))));
        const auto core = std::move(core_);
        const auto on = std::move(on_);
        const auto unit = unit_;
        this->~health_end();
        home.leave();
        core->health_came(unit, on, shown);
    }

  private:
    std::shared_ptr<pool_core> core_;
    std::size_t unit_;
    std::weak_ptr<pool_connection> on_;
};

/// Sends the profile's health command on this very connection.
void pool_core::check_health(pool_connection& on) {
    const auto* command = settings_.dialect->command(settings_.dialect->health);
    auto& unit = units_[on.unit()];
    unit.check_due = false;
    if (command == nullptr || !on.has_room()) return;
    unit.checked_at = now();
    auto& what = take_call();
    what.subject->command = command;
    if (!engine_.encode_request(*command, what.subject->asked, what.body)) return recycle(what);
    what.until = clock::now() + settings_.answer_timeout;
    what.is_health = true;
    what.set_end({sizeof(health_end),
        [](void* room, void* at) -> call_end* { return ::new (room) health_end(*static_cast<pool_connection*>(at)); },
        &on});
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
        if (subject.state == unit_state::resting) unit_failed(unit);
        return;
    }
    const auto& shown = *answer;
    if (lmk_check_.empty()) lmk_check_ = shown;
    if (!shown.empty() && !(shown == lmk_check_)) {
        settings_.log.error("hsm", subject.stats.endpoint + " is taken out: its local master key shows " +
                                       to_hex(shown.view()) + ", not " + to_hex(lmk_check_.view()));
        ++subject.stats.by_code["lmk"];
        return set_state(unit, unit_state::out_of_service);
    }
    stand_up(subject);
}

} // namespace cipherlane::hsm
