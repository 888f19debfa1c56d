#include "../../refusals.hpp"

#include <cipherlane/core/hex.hpp>
#include <cipherlane/drivers/pinpad/keypad/keypad_exchange.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace cipherlane::drivers {
namespace {

constexpr std::uint8_t eot = 0x04;
constexpr std::uint8_t ack = 0x06;
constexpr std::uint8_t nak = 0x15;
constexpr std::array<std::uint8_t, 1> eot_byte{eot};
constexpr std::array<std::uint8_t, 1> ack_byte{ack};
constexpr std::array<std::uint8_t, 1> nak_byte{nak};

constexpr std::size_t largest_answer = 4'096;
constexpr std::chrono::milliseconds latest_answer{5'000}; ///< nobody waits longer for what is dropped

using shape = keypad_step::shape;
using std::chrono::milliseconds;

bool for_cardholder(const keypad_step& step) {
    return step.for_whom == keypad_step::waits::for_cardholder;
}

error meant_by(keypad_status status, byte_view code) {
    const auto what = status == keypad_status::cancelled ? drivers_errc::cardholder_cancelled
                      : status == keypad_status::timeout ? drivers_errc::cardholder_timeout
                      : status == keypad_status::no_key  ? drivers_errc::no_key
                                                         : drivers_errc::refused;
    auto why = refused(what);
    return code.empty() ? why : std::move(why).with_peer_code(to_hex(code));
}

} // namespace

keypad_exchange::keypad_exchange(
    const keypad_description& of, keypad_action action, const keypad_data& values, start from, milliseconds late)
    : of_(of)
    , action_(action)
    , steps_(of.of(action))
    , from_(from)
    , buffer_(largest_answer)
    , late_(late) {
    prepare(values);
}

const packet_layout& keypad_exchange::layout() const {
    return of_.layout_of(rule());
}

bool keypad_exchange::acknowledged() const {
    return of_.acknowledged && rule().how != keypad_step::packed::as_is;
}

void keypad_exchange::prepare(const keypad_data& values) {
    for (const auto& step : steps_) {
        auto line = of_.line_of(step, values);
        if (!line) {
            why_ = std::move(line).error();
            return;
        }
        lines_.push_back(*std::move(line));
    }
    if (from_ == start::clean || !of_.can(keypad_action::cancel)) return;
    auto line = of_.line_of(of_.of(keypad_action::cancel).front(), keypad_data());
    if (line) stop_ = *std::move(line);
}

net::action keypad_exchange::resume(const net::event& what) {
    using kind = net::event::kind;
    switch (what.what) {
    case kind::started: return begin();
    case kind::sent: return sent();
    case kind::received: return received(what.bytes);
    case kind::expired: return expired();
    case kind::failed: return fail(what.why);
    }
    return net::action::done();
}

net::action keypad_exchange::begin() {
    if (why_) return fail(*why_);
    if (steps_.empty()) return fail(refused(drivers_errc::not_supported));
    if (from_ == start::clean) return next();
    if (stop_.empty()) return drain();
    phase_ = phase::stopping;
    return net::action::send(stop_.expose());
}

net::action keypad_exchange::drain() {
    phase_ = phase::draining;
    return net::action::receive(std::max(late_, of_.quiet));
}

/// What was late has had its time; a tail of it ends with a silence.
net::action keypad_exchange::drained() {
    if (std::exchange(late_, milliseconds{0}) > of_.quiet) return net::action::receive(of_.quiet);
    return next();
}

void keypad_exchange::note_unanswered() {
    late_ = std::max(late_, std::min(rule().timeout, latest_answer));
}

net::action keypad_exchange::next() {
    if (at_ == steps_.size()) return over();
    if (late_.count() > 0 && !lines_[at_].empty()) return drain();
    sent_ = broken_ = 0;
    foreign_ = 0;
    wrong_ = false;
    return send();
}

net::action keypad_exchange::send() {
    ++sent_;
    if (lines_[at_].empty()) return await_answer();
    drop(held_);
    phase_ = phase::sending;
    return net::action::send(lines_[at_].expose());
}

net::action keypad_exchange::sent() {
    switch (phase_) {
    case phase::stopping: return drain();
    case phase::sending:
        if (acknowledged()) return await_acknowledgement();
        if (rule().answer == shape::none) return finish_step();
        return await_answer();
    case phase::asking_again: return await_answer();
    case phase::accepting:
        if (then_ == then::fail) return over();
        if (then_ == then::wait_on) return await_answer();
        return await_end();
    default: return over();
    }
}

net::action keypad_exchange::await_end() {
    if (!rule().ended) return finish_step();
    phase_ = phase::ending;
    return held_ > 0 ? process() : net::action::receive(of_.acknowledge);
}

net::action keypad_exchange::await_acknowledgement() {
    phase_ = phase::acknowledgement;
    return net::action::receive(of_.acknowledge);
}

net::action keypad_exchange::await_answer() {
    phase_ = phase::answer;
    timed_ = false;
    return held_ > 0 ? process() : await_more();
}

/// What is to come: under the timer that runs, if one does. Nobody hurries
/// the cardholder, but a frame that has begun must come to its end.
net::action keypad_exchange::await_more() {
    if (!for_cardholder(rule())) {
        return std::exchange(timed_, true) ? net::action::receive_more() : net::action::receive(rule().timeout);
    }
    return held_ > 0 ? net::action::receive(of_.answer) : net::action::receive();
}

void keypad_exchange::drop(std::size_t count) {
    auto all = buffer_.expose();
    std::copy(all.begin() + static_cast<std::ptrdiff_t>(count), all.begin() + static_cast<std::ptrdiff_t>(held_),
        all.begin());
    wipe(all.subspan(held_ - count, count));
    held_ -= count;
}

net::action keypad_exchange::received(byte_view data) {
    if (phase_ == phase::draining || phase_ == phase::silence) {
        foreign_ += data.size();
        if (foreign_ > most_foreign) return fail(refused(drivers_errc::bad_frame));
        const bool more_may_come = phase_ == phase::draining && late_ > of_.quiet;
        return more_may_come ? net::action::receive_more() : net::action::receive(of_.quiet);
    }
    if (data.size() > buffer_.size() - held_) return fail(refused(drivers_errc::bad_frame));
    std::ranges::copy(data, buffer_.expose().subspan(held_).begin());
    held_ += data.size();
    return process();
}

net::action keypad_exchange::process() {
    if (phase_ == phase::ending) {
        const auto line = held();
        return std::ranges::find(line, eot) != line.end() ? finish_step() : net::action::receive_more();
    }
    if (phase_ == phase::acknowledgement) return find_acknowledgement();
    switch (rule().answer) {
    case shape::packet:
    case shape::echo: return find_packet();
    case shape::block: return find_block();
    case shape::line: return find_line();
    case shape::byte: return find_byte();
    case shape::some: return net::action::receive(of_.quiet);
    case shape::none: break;
    }
    return finish_step();
}

net::action keypad_exchange::find_acknowledgement() {
    while (held_ > 0) {
        const auto first = held().front();
        if (first == layout().header.front()) return await_answer(); // the answer says that it was taken
        drop(1);
        if (first == nak) {
            if (sent_ < of_.tries) return send();
            return fail(refused(drivers_errc::not_acknowledged));
        }
        if (first == eot) return fail(refused(drivers_errc::not_acknowledged));
        if (first == ack) return rule().answer == shape::none ? await_end() : await_answer();
        if (++foreign_ > most_foreign) return fail(refused(drivers_errc::bad_frame));
    }
    return net::action::receive_more();
}

net::action keypad_exchange::foreign(std::size_t count) {
    foreign_ += count;
    drop(count);
    return foreign_ > most_foreign ? fail(refused(drivers_errc::bad_frame)) : net::action();
}

net::action keypad_exchange::find_packet() {
    using state = packet_layout::found::state;
    const auto seen = layout().find(held());
    const auto before = held().first(seen.before);
    if (acknowledged() && std::ranges::find(before, eot) != before.end()) {
        const auto why = for_cardholder(rule()) ? drivers_errc::cardholder_cancelled : drivers_errc::refused;
        return fail(refused(why));
    }
    if (seen.what == state::more) {
        foreign(seen.before);
        return phase_ == phase::over ? net::action::done() : await_more();
    }
    if (seen.what == state::broken) return broken();
    if (rule().answer == shape::echo) {
        const bool same = equal_in_constant_time(held().subspan(seen.before, seen.size), lines_[at_].expose());
        foreign(seen.before);
        if (phase_ == phase::over) return net::action::done(); // it must not be told that it was heard
        drop(seen.size);
        if (same) return accept(then::finish);
        why_ = refused(drivers_errc::wrong_answer);
        return accept(then::fail);
    }
    const secret_bytes content(seen.content);
    foreign(seen.before);
    if (phase_ == phase::over) return net::action::done();
    drop(seen.size);
    return judge(content.expose(), then::wait_on);
}

net::action keypad_exchange::find_block() {
    for (const auto* early : {&rule().cancelled, &rule().refused}) {
        const auto size = early->fixed_size();
        if (size > 0 && held_ == size && size < rule().size &&
            early->match(held(), keypad_pattern::extent::whole, values_))
            return judge(held(), then::fail);
    }
    if (held_ < rule().size) return await_more();
    // Nothing else guards a block on such a line: bytes too many, now or before it is quiet, spoil it. One that came
    // twice would else be the answer to the next command, and that one's to the command after it.
    if (held_ > rule().size) return fail(refused(drivers_errc::bad_frame));
    return net::action::receive(of_.quiet);
}

/// All that came is the answer.
net::action keypad_exchange::judge_held() {
    const secret_bytes content(held());
    drop(held_);
    return judge(content.expose(), then::fail);
}

net::action keypad_exchange::find_line() {
    for (;;) {
        const auto line = held();
        const auto end = std::ranges::find_if(line, [](std::uint8_t one) { return one == '\r' || one == '\n'; });
        if (end == line.end()) return await_more();
        const secret_bytes content(line.first(static_cast<std::size_t>(end - line.begin())));
        drop(content.size() + 1);
        if (!content.empty()) return judge(content.expose(), then::fail);
    }
}

net::action keypad_exchange::find_byte() {
    while (held_ > 0) {
        const std::array<std::uint8_t, 1> one{held().front()};
        if (rule().good.match(one, keypad_pattern::extent::whole, values_)) {
            drop(1);
            return by_status(true);
        }
        for (const auto* end : {&rule().cancelled, &rule().refused}) {
            if (!end->empty() && end->match(one, keypad_pattern::extent::whole, values_))
                return judge(one, then::fail);
        }
        foreign(1);
        if (phase_ == phase::over) return net::action::done();
    }
    return await_more();
}

/// What an answer that has come means.
net::action keypad_exchange::judge(byte_view content, then otherwise) {
    constexpr auto whole = keypad_pattern::extent::whole;
    const auto& step = rule();
    if (step.good.empty() && step.cancelled.empty() && step.refused.empty()) return accept(then::finish);
    if (!step.good.empty() && step.good.match(content, whole, values_)) return by_status(true);
    if (!step.cancelled.empty() && step.cancelled.match(content, whole, values_)) {
        why_ = refused(drivers_errc::cardholder_cancelled);
        return accept(then::fail);
    }
    if (!step.refused.empty() && step.refused.match(content, whole, values_) && refuses()) return by_status(false);
    if (step.good.empty()) return accept(then::finish);
    if (step.poll.count() > 0) return rest(step.poll);
    wrong_ = true;
    if (otherwise == then::fail) return fail(refused(drivers_errc::wrong_answer));
    foreign_ += content.size();
    if (foreign_ > most_foreign) return fail(refused(drivers_errc::bad_frame));
    return accept(then::wait_on);
}

/// Where any answer is good, only a status of the table is a refusal.
bool keypad_exchange::refuses() const {
    if (!rule().good.empty() || !rule().refused.uses(keypad_value::status)) return true;
    const auto code = values_.text(keypad_value::status);
    return of_.statuses.contains(bytes(code.begin(), code.end()));
}

net::action keypad_exchange::by_status(bool matched_good) {
    const auto& pattern = matched_good ? rule().good : rule().refused;
    const bool told = pattern.uses(keypad_value::status);
    if (matched_good && !told) return accept(then::finish);
    const auto code = told ? values_.text(keypad_value::status) : byte_view();
    const auto known = of_.statuses.find(bytes(code.begin(), code.end()));
    const auto status = known != of_.statuses.end() ? known->second : keypad_status::refused;
    if (matched_good && status == keypad_status::ok) return accept(then::finish);
    why_ = meant_by(status, code);
    return accept(then::fail);
}

/// Acknowledges an answer, where answers are.
net::action keypad_exchange::accept(then what) {
    then_ = what;
    const bool packet = rule().answer == shape::packet || rule().answer == shape::echo;
    if (acknowledged() && packet) {
        phase_ = phase::accepting;
        const bool no_echo = what == then::fail && rule().answer == shape::echo; // it must not count
        return net::action::send(no_echo ? eot_byte : ack_byte);
    }
    if (what == then::fail) return fail(*why_);
    return what == then::finish ? finish_step() : await_answer();
}

net::action keypad_exchange::again(drivers_errc why) {
    note_unanswered();
    if (sent_ < rule().tries) return send();
    return fail(refused(why));
}

net::action keypad_exchange::broken() {
    ++broken_;
    if (broken_ >= std::max(of_.tries, 1)) return fail(refused(drivers_errc::bad_frame));
    if (!acknowledged() && sent_ >= rule().tries) return fail(refused(drivers_errc::bad_frame));
    drop(held_);
    phase_ = phase::silence;
    return net::action::receive(of_.quiet);
}

net::action keypad_exchange::expired() {
    switch (phase_) {
    case phase::draining: return drained();
    case phase::acknowledgement: return again(drivers_errc::no_answer);
    case phase::silence:
        if (!acknowledged()) {
            note_unanswered(); // what was broken may have been a disturbance before the answer
            return send();
        }
        phase_ = phase::asking_again;
        return net::action::send(nak_byte);
    case phase::ending: return finish_step();
    case phase::resting: return moved_on_ ? next() : send();
    default: break;
    }
    const bool whole_block = rule().answer == shape::block && held_ == rule().size;
    if (whole_block || (rule().answer == shape::some && held_ > 0)) return judge_held();
    const bool packet = rule().answer == shape::packet || rule().answer == shape::echo;
    if (packet && held_ > 0) return broken();
    if (rule().poll.count() > 0) {
        note_unanswered();
        return send();
    }
    return again(wrong_ ? drivers_errc::wrong_answer : drivers_errc::no_answer);
}

net::action keypad_exchange::rest(milliseconds span) {
    moved_on_ = false;
    phase_ = phase::resting;
    return net::action::wait(span);
}

net::action keypad_exchange::finish_step() {
    const auto pause = rule().pause;
    ++at_;
    if (pause.count() == 0) return next();
    auto action = rest(pause);
    moved_on_ = true;
    return action;
}

net::action keypad_exchange::fail(error why) {
    why_ = std::move(why);
    return over();
}

net::action keypad_exchange::over() {
    if (why_ && why_->operation().empty()) why_ = std::move(*why_).during(to_string(action_));
    phase_ = phase::over;
    return net::action::done();
}

result<keypad_data> keypad_exchange::take() {
    if (why_) return *why_;
    return std::move(values_);
}

} // namespace cipherlane::drivers
