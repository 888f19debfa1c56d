#pragma once

#include "support/bytes.hpp"

#include <cipherlane/net/engine.hpp>
#include <cipherlane/net/machine.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace cipherlane::tests {

/// How a script expects a machine to end: with a value, or with an error of a condition.
struct expected_end {
    std::optional<condition> fault; ///< none: a value
};

inline constexpr expected_end ok{};

/// One step of a script: what the machine must ask for, and what it is told then.
struct script_step {
    enum class kind { send, recv, expire, wait, fail };
    kind what;
    bytes data{};
    std::optional<std::chrono::milliseconds> timer{}; ///< checked if given
    error why{};
};

/// Plays a transport, a clock and a peer to a machine, without any of them.
///
///     script().send(hex("30 30")).recv(hex("06")).recv(hex("02 31 03"), 3s).done(ok).run(machine);
///     script().send(...).recv(...).done(ok).every_step_fails([] { return std::make_unique<my_exchange>(...); });
///
/// Consecutive `recv` steps are separate messages of the peer: a machine may act between them, and it must also bear
/// that they come in one piece.
class machine_script {
  public:
    /// The machine must send exactly this.
    machine_script& send(bytes data) & { return add({script_step::kind::send, std::move(data)}); }
    /// The machine must receive (within `timer`, if given), and gets this.
    machine_script& recv(bytes data, std::optional<std::chrono::milliseconds> timer = {}) & {
        return add({script_step::kind::recv, std::move(data), timer});
    }
    /// The machine must receive (within `timer`, if given), and its timer runs out.
    machine_script& expire(std::optional<std::chrono::milliseconds> timer = {}) & {
        return add({script_step::kind::expire, {}, timer});
    }
    /// The machine must wait this long.
    machine_script& wait(std::chrono::milliseconds span) & { return add({script_step::kind::wait, {}, span}); }
    /// Whatever the machine asks for next fails like this.
    machine_script& fail(error why) & { return add({script_step::kind::fail, {}, {}, std::move(why)}); }
    /// The machine must be done; its outcome is checked by `run`.
    machine_script& done(expected_end end) & {
        end_ = end;
        return *this;
    }
    machine_script&& send(bytes data) && { return std::move(send(std::move(data))); }
    machine_script&& recv(bytes data, std::optional<std::chrono::milliseconds> timer = {}) && {
        return std::move(recv(std::move(data), timer));
    }
    machine_script&& expire(std::optional<std::chrono::milliseconds> timer = {}) && {
        return std::move(expire(timer));
    }
    machine_script&& wait(std::chrono::milliseconds span) && { return std::move(wait(span)); }
    machine_script&& fail(error why) && { return std::move(fail(std::move(why))); }
    machine_script&& done(expected_end end) && { return std::move(done(end)); }
    machine_script&& done(condition fault) && { return std::move(done(expected_end{fault})); }

    /// Runs the script once. Returns the outcome for further checks. A failure tells where this was called, too.
    template <class T>
    result<T> run(net::exchange<T>& subject, const char* file = __builtin_FILE(), int line = __builtin_LINE()) const {
        const testing::ScopedTrace caller(file, line, "this script");
        if (!play(subject, steps_, "as written")) return aborted();
        auto outcome = subject.take();
        check_end(outcome.error(), "as written");
        return outcome;
    }
    template <class Exchange>
    auto run(
        std::unique_ptr<Exchange> subject, const char* file = __builtin_FILE(), int line = __builtin_LINE()) const {
        return run(*subject, file, line);
    }

    /// Runs the script again and again on fresh machines from `make` (returning a `unique_ptr`):
    ///  - with each message split at every place, byte by byte, and neighbours joined: same end;
    ///  - with each step failing by a lost link, by the deadline, by cancel: the machine is done at once and says so
    ///    (or `outcome_unknown`). Where the last step is a `send` (a closing acknowledgement) and only that fails,
    ///    the machine may give its value all the same;
    ///  - with each answer late: from there on nobody answers, and the machine ends with an error after at most
    ///    `most_steps` further actions, never `cancelled`.
    template <class Factory>
    void every_step_fails(
        Factory make, int most_steps = 64, const char* file = __builtin_FILE(), int line = __builtin_LINE()) const {
        const testing::ScopedTrace caller(file, line, "this script");
        for_each_split([&](const std::vector<script_step>& steps, const std::string& how) {
            auto subject = make();
            if (!play(*subject, steps, how)) return false;
            auto outcome = subject->take();
            return check_end(outcome.error(), how);
        });
        for (std::size_t at = 0; at < steps_.size(); ++at) {
            for (const condition why : {condition::link_lost, condition::timed_out, condition::cancelled}) {
                auto subject = make();
                if (!play_failing(*subject, at, why)) continue;
                auto outcome = subject->take();
                check_failed(outcome.error(), at, why);
            }
            if (steps_[at].what != script_step::kind::recv) continue;
            auto subject = make();
            if (!play_late(*subject, at, most_steps)) continue;
            auto outcome = subject->take();
            check_late(outcome.error(), at);
        }
    }

    [[nodiscard]] const std::vector<script_step>& steps() const noexcept { return steps_; }
    [[nodiscard]] const expected_end& end() const noexcept { return end_; }
    /// Checks an outcome (`why` without a code: a value) against `done`; `how` is for the message.
    bool check_end(const error& why, const std::string& how) const;

  private:
    using variation = std::function<bool(const std::vector<script_step>&, const std::string&)>;

    machine_script& add(script_step step) {
        steps_.push_back(std::move(step));
        return *this;
    }
    [[nodiscard]] static error aborted();
    [[nodiscard]] bool play(
        net::machine& subject, const std::vector<script_step>& steps, const std::string& how) const;
    [[nodiscard]] bool play_failing(net::machine& subject, std::size_t at, condition why) const;
    [[nodiscard]] bool play_late(net::machine& subject, std::size_t at, int most_steps) const;
    void for_each_split(const variation& attempt) const;
    void check_failed(const error& why, std::size_t at, condition expected) const;
    static void check_late(const error& why, std::size_t at);

    std::vector<script_step> steps_;
    expected_end end_{};
};

[[nodiscard]] inline machine_script script() {
    return {};
}

} // namespace cipherlane::tests
