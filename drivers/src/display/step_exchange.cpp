#include <cipherlane/core/hex.hpp>
#include <cipherlane/drivers/display/step_exchange.hpp>
#include <cipherlane/drivers/errc.hpp>

#include <algorithm>

namespace cipherlane::drivers {
namespace {

bool passes(const expected_answer& wanted, byte_view answer) {
    if (answer.size() < wanted.at) return false;
    auto text = as_text(answer.subspan(wanted.at));
    auto pattern = as_text(wanted.text);
    switch (wanted.how) {
    case expected_answer::test::equals: return text == pattern;
    case expected_answer::test::starts_with: return text.starts_with(pattern);
    case expected_answer::test::contains: return text.find(pattern) != std::string_view::npos;
    }
    return false;
}

bool is_refusal(const expected_answer& wanted, byte_view answer) {
    return !wanted.refusal.empty() && answer.size() >= wanted.refusal_at &&
           as_text(answer.subspan(wanted.refusal_at)).starts_with(as_text(wanted.refusal));
}

error refusal(const expected_answer& wanted, byte_view answer) {
    error why(drivers_errc::refused, layer::drivers);
    if (!wanted.code_at || answer.size() <= *wanted.code_at) return why;
    return std::move(why).with_peer_code(to_hex(answer.subspan(*wanted.code_at, 1)));
}

} // namespace

step_exchange::step_exchange(step_list steps, start from, std::chrono::milliseconds rest)
    : steps_(std::move(steps))
    , from_(from)
    , rest_(rest) {}

net::action step_exchange::resume(const net::event& what) {
    using kind = net::event::kind;
    switch (what.what) {
    case kind::started:
        if (rest_.count() == 0) return begin();
        phase_ = phase::resting;
        return net::action::wait(rest_);
    case kind::sent: return await();
    case kind::received: return received(what.bytes);
    case kind::expired: return expired();
    case kind::failed: return fail(what.why);
    }
    return net::action::done();
}

net::action step_exchange::begin() {
    if (from_ == start::clean) return next();
    phase_ = phase::draining;
    return net::action::receive(quiet);
}

net::action step_exchange::next() {
    if (at_ == steps_.size()) {
        phase_ = phase::over;
        return net::action::done();
    }
    sent_ = 0;
    return send();
}

net::action step_exchange::send() {
    phase_ = phase::sending;
    ++sent_;
    const auto& now = steps_[at_];
    return net::action::send(now.secret.empty() ? byte_view(now.out) : as_bytes(now.secret.expose()));
}

net::action step_exchange::await() {
    held_.clear();
    foreign_ = 0;
    const auto& wanted = steps_[at_].answer;
    if (wanted.form == expected_answer::shape::nothing) return finish_step();
    phase_ = phase::receiving;
    return net::action::receive(wanted.timeout);
}

bool step_exchange::complete() {
    const auto& wanted = steps_[at_].answer;
    if (wanted.form == expected_answer::shape::block) return held_.size() >= wanted.size;
    if (wanted.form == expected_answer::shape::line)
        return std::find(held_.begin(), held_.end(), '\n') != held_.end();
    const auto seen = wanted.layout->find(held_);
    foreign_ += seen.before;
    held_.erase(held_.begin(), held_.begin() + static_cast<std::ptrdiff_t>(seen.before));
    return seen.what != packet_layout::found::state::more || foreign_ > most_foreign;
}

net::action step_exchange::received(byte_view data) {
    if (phase_ == phase::draining) {
        foreign_ += data.size();
        return foreign_ > most_foreign ? babbled() : net::action::receive(quiet);
    }
    held_.insert(held_.end(), data.begin(), data.end());
    while (phase_ == phase::receiving && complete()) {
        auto action = judge();
        if (phase_ != phase::receiving) return action;
    }
    if (steps_[at_].answer.form == expected_answer::shape::line && held_.size() > longest_line) {
        return fail(error(make_error_code(drivers_errc::bad_frame), layer::drivers).at_offset(longest_line));
    }
    return net::action::receive_more(); // what dribbles in does not stretch the time of an answer
}

net::action step_exchange::judge() {
    if (steps_[at_].answer.form == expected_answer::shape::packet) {
        const auto seen = steps_[at_].answer.layout->find(held_);
        if (seen.what != packet_layout::found::state::whole) {
            return babbled();
        }
        answer_.assign(seen.content.begin(), seen.content.end());
        held_.erase(held_.begin(), held_.begin() + static_cast<std::ptrdiff_t>(seen.size));
    } else {
        take_line_or_block();
    }
    const auto& wanted = steps_[at_].answer;
    if (is_refusal(wanted, answer_)) return fail(refusal(wanted, answer_));
    if (passes(wanted, answer_)) return finish_step();
    if (wanted.others == expected_answer::foreign::skipped) {
        foreign_ += answer_.size();
        return foreign_ > most_foreign ? babbled() : net::action::receive_more();
    }
    return fail(error(make_error_code(drivers_errc::wrong_answer), layer::drivers).with_peer_text(as_text(answer_)));
}

void step_exchange::take_line_or_block() {
    const auto& wanted = steps_[at_].answer;
    auto end = held_.begin();
    if (wanted.form == expected_answer::shape::block) {
        end += static_cast<std::ptrdiff_t>(wanted.size);
        answer_.assign(held_.begin(), end);
    } else {
        end = std::find(held_.begin(), held_.end(), '\n');
        answer_.assign(held_.begin(), end);
        if (!answer_.empty() && answer_.back() == '\r') answer_.pop_back();
        ++end;
    }
    held_.erase(held_.begin(), end);
}

net::action step_exchange::finish_step() {
    auto pause = steps_[at_].pause_after;
    ++at_;
    if (pause.count() == 0) return next();
    phase_ = phase::pausing;
    return net::action::wait(pause);
}

net::action step_exchange::expired() {
    if (phase_ == phase::receiving) {
        if (steps_[at_].answer.if_silent == expected_answer::silence::passes) return finish_step();
        if (sent_ < steps_[at_].tries) return send();
        return fail(error(make_error_code(drivers_errc::no_answer), layer::drivers));
    }
    if (phase_ == phase::resting) return begin();
    return next(); // drained, or paused long enough
}

net::action step_exchange::babbled() {
    return fail(error(make_error_code(drivers_errc::bad_frame), layer::drivers).at_offset(foreign_));
}

net::action step_exchange::fail(error why) {
    if (at_ < steps_.size() && why.operation().empty()) why = std::move(why).during(steps_[at_].name.view());
    why_ = std::move(why);
    phase_ = phase::over;
    return net::action::done();
}

result<bytes> step_exchange::take() {
    if (why_) return *why_;
    return std::move(answer_);
}

} // namespace cipherlane::drivers
