#include "support/machine_script.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/net/errc.hpp>

#include <ostream>
#include <sstream>

namespace cipherlane::tests {
namespace {

using net::action;
using net::event;

std::ostream& operator<<(std::ostream& out, const script_step& step) {
    switch (step.what) {
    case script_step::kind::send: return out << "send " << to_hex(step.data);
    case script_step::kind::recv: out << "receive " << to_hex(step.data); break;
    case script_step::kind::expire: out << "receive until expired"; break;
    case script_step::kind::wait: out << "wait"; break;
    case script_step::kind::fail: return out << "anything, failing: " << step.why;
    }
    if (step.timer) out << " within " << step.timer->count() << " ms";
    return out;
}

error fault(condition why) {
    switch (why) {
    case condition::timed_out: return error(net_errc::timed_out, layer::net);
    case condition::cancelled: return error(net_errc::cancelled, layer::net);
    default: return error(net_errc::lost, layer::net);
    }
}

bool fits(const action& asked, const script_step& step) {
    switch (step.what) {
    case script_step::kind::send: return asked == action::send(step.data);
    case script_step::kind::recv:
    case script_step::kind::expire:
        if (asked.what != action::kind::receive) return false;
        return !step.timer || (asked.rule == action::timer::starts && asked.timeout == *step.timer);
    case script_step::kind::wait: return asked == action::wait(*step.timer);
    case script_step::kind::fail: return asked.what != action::kind::done;
    }
    return false;
}

event answer(const script_step& step) {
    switch (step.what) {
    case script_step::kind::send: return {event::kind::sent, {}, {}};
    case script_step::kind::recv: return {event::kind::received, step.data, {}};
    case script_step::kind::expire:
    case script_step::kind::wait: return {event::kind::expired, {}, {}};
    case script_step::kind::fail: return {event::kind::failed, {}, step.why};
    }
    return {};
}

/// A machine being run, with all that happened so far for the message when something does not fit.
class stage {
  public:
    stage(net::machine& subject, std::string how)
        : subject_(subject)
        , how_(std::move(how)) {}

    void tell(const event& what) {
        asked_ = subject_.resume(what);
        story_ << "\n    told: " << what << "\n    asks: " << asked_;
    }
    [[nodiscard]] const action& asked() const { return asked_; }
    [[nodiscard]] bool is_done() const { return asked_.what == action::kind::done; }

    [[nodiscard]] bool wrong(const std::string& expected) const {
        ADD_FAILURE() << "script (" << how_ << ") expected: " << expected << "\n  the story so far:" << story_.str();
        return false;
    }

    /// Checks that the machine asks for `step`, and answers it.
    [[nodiscard]] bool pass(const script_step& step) {
        if (!fits(asked_, step)) {
            std::ostringstream text;
            text << step;
            return wrong(text.str());
        }
        tell(answer(step));
        return true;
    }

  private:
    net::machine& subject_;
    std::string how_;
    action asked_;
    std::ostringstream story_;
};

std::string step_name(std::size_t at) {
    return "step " + std::to_string(at + 1);
}

} // namespace

error machine_script::aborted() {
    return error(net_errc::not_open, layer::tools).during("script");
}

bool machine_script::play(
    net::machine& subject, const std::vector<script_step>& steps, const std::string& how) const {
    stage run(subject, how);
    run.tell({});
    for (const auto& step : steps) {
        if (!run.pass(step)) return false;
    }
    return run.is_done() || run.wrong("done");
}

bool machine_script::play_failing(net::machine& subject, std::size_t at, condition why) const {
    std::ostringstream how;
    how << step_name(at) << " fails, " << make_error_condition(why).message();
    stage run(subject, how.str());
    run.tell({});
    for (std::size_t i = 0; i < at; ++i) {
        if (!run.pass(steps_[i])) return false;
    }
    run.tell({event::kind::failed, {}, fault(why)});
    return run.is_done() || run.wrong("done at once");
}

bool machine_script::play_late(net::machine& subject, std::size_t at, int most_steps) const {
    stage run(subject, step_name(at) + " is answered late, and so is all that follows");
    run.tell({});
    for (std::size_t i = 0; i < at; ++i) {
        if (!run.pass(steps_[i])) return false;
    }
    bool timed =
        steps_[at].timer.has_value() || run.asked().timeout.count() > 0 || run.asked().rule == action::timer::goes_on;
    for (int i = 0; i < most_steps && !run.is_done(); ++i) {
        const action& asked = run.asked();
        if (asked.what == action::kind::send) {
            run.tell({event::kind::sent, {}, {}});
        } else if (asked.what == action::kind::wait) {
            run.tell({event::kind::expired, {}, {}});
        } else {
            timed = timed && (asked.timeout.count() > 0 || asked.rule == action::timer::goes_on);
            // Without a protocol timer only the call's deadline can end a receive.
            run.tell(timed ? event{event::kind::expired, {}, {}}
                           : event{event::kind::failed, {}, fault(condition::timed_out)});
        }
    }
    return run.is_done() || run.wrong("done within " + std::to_string(most_steps) + " further actions");
}

void machine_script::for_each_split(const variation& attempt) const {
    const auto is_recv = [&](std::size_t i) { return steps_[i].what == script_step::kind::recv; };
    const auto part = [](const script_step& whole, std::size_t from, std::size_t to) {
        script_step cut = whole;
        cut.data.assign(whole.data.begin() + static_cast<std::ptrdiff_t>(from),
            whole.data.begin() + static_cast<std::ptrdiff_t>(to));
        if (from > 0) cut.timer.reset();
        return cut;
    };
    std::vector<script_step> single_bytes;
    for (std::size_t i = 0; i < steps_.size(); ++i) {
        if (!is_recv(i)) {
            single_bytes.push_back(steps_[i]);
            continue;
        }
        for (std::size_t k = 0; k < steps_[i].data.size(); ++k)
            single_bytes.push_back(part(steps_[i], k, k + 1));
        for (std::size_t cut = 1; cut < steps_[i].data.size(); ++cut) {
            auto steps = steps_;
            steps[i] = part(steps_[i], 0, cut);
            steps.insert(
                steps.begin() + static_cast<std::ptrdiff_t>(i) + 1, part(steps_[i], cut, steps_[i].data.size()));
            if (!attempt(steps, step_name(i) + " split after byte " + std::to_string(cut))) return;
        }
    }
    if (!attempt(single_bytes, "byte by byte")) return;
    for (std::size_t i = 0; i + 1 < steps_.size(); ++i) {
        if (!is_recv(i) || !is_recv(i + 1)) continue;
        auto steps = steps_;
        steps[i].data.insert(steps[i].data.end(), steps[i + 1].data.begin(), steps[i + 1].data.end());
        steps.erase(steps.begin() + static_cast<std::ptrdiff_t>(i) + 1);
        if (!attempt(steps, step_name(i) + " and the next in one piece")) return;
    }
}

bool machine_script::check_end(const error& why, const std::string& how) const {
    if (!end_.fault) {
        if (why.code()) ADD_FAILURE() << "script (" << how << ") ended with: " << why;
        return !why.code().failed();
    }
    const auto wanted = make_error_condition(*end_.fault);
    if (!why.code()) ADD_FAILURE() << "script (" << how << ") ended with a value instead of " << wanted.message();
    if (why.code() && !why.is(*end_.fault)) {
        ADD_FAILURE() << "script (" << how << ") ended with: " << why << "; expected " << wanted.message();
    }
    return why.code().failed() && why.is(*end_.fault);
}

void machine_script::check_failed(const error& why, std::size_t at, condition expected) const {
    const auto wanted = make_error_condition(expected);
    const bool closing = at + 1 == steps_.size() && steps_[at].what == script_step::kind::send && !end_.fault;
    if (!why.code() && closing) return;
    if (!why.code()) {
        ADD_FAILURE() << step_name(at) << " failed (" << wanted.message() << ") and the machine gave a value";
    } else if (!why.is(expected) && !why.is(condition::outcome_unknown)) {
        ADD_FAILURE() << step_name(at) << " failed (" << wanted.message() << ") and the machine said: " << why;
    }
}

void machine_script::check_late(const error& why, std::size_t at) {
    if (!why.code()) {
        ADD_FAILURE() << step_name(at) << " was never answered and the machine gave a value";
    } else if (why.is(condition::cancelled)) {
        ADD_FAILURE() << step_name(at) << " was never answered and the machine said: " << why;
    }
}

} // namespace cipherlane::tests
