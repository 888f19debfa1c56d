#include "../../refusals.hpp"

#include <cipherlane/drivers/terminal/mispos/mispos_exchange.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace cipherlane::drivers {

mispos_exchange::mispos_exchange(const mispos_description& by, secret_bytes content, mispos_part part,
    std::string number, const currency& unit, secret_bytes& heard, std::chrono::milliseconds hush)
    : by_(by)
    , frame_(mispos_frame(content.expose()))
    , part_(part)
    , number_(std::move(number))
    , unit_(unit)
    , heard_(heard)
    , hush_(hush)
    , decoder_(by.largest) {}

net::action mispos_exchange::resume(const net::event& what) {
    using kind = net::event::kind;
    switch (what.what) {
    case kind::started: return begin();
    case kind::sent: return phase_ == phase::over ? net::action::done() : listen();
    case kind::received: return received(what.bytes);
    case kind::expired: return expired();
    case kind::failed: fail(what.why); return net::action::done();
    }
    return net::action::done();
}

net::action mispos_exchange::begin() {
    if (part_ == mispos_part::silence || part_ == mispos_part::cancel) phase_ = phase::answer;
    if (part_ == mispos_part::cancel) put(mispos_byte::eot);
    if (phase_ == phase::request) send_again();
    return go_on();
}

void mispos_exchange::put(std::uint8_t control) {
    secret_bytes both(out_.size() + 1);
    const auto from = out_.expose();
    *std::copy(from.begin(), from.end(), both.expose().begin()) = control;
    out_ = std::move(both);
}

void mispos_exchange::send_again() {
    ++sent_times_;
    out_ = frame_.clone();
    restart_ = true;
}

net::action mispos_exchange::received(byte_view data) {
    for (const auto byte : data) {
        if (phase_ == phase::over) break; // what follows belongs to no question of ours
        take_event(decoder_.take(byte));
    }
    return go_on();
}

void mispos_exchange::take_event(mispos_decoder::event what) {
    using event = mispos_decoder::event;
    switch (what) {
    case event::nothing: break;
    case event::ack: answered(); break;
    case event::nak: take_nak(); break;
    case event::eot: fail(refused(drivers_errc::refused)); break;
    case event::broken:
        put(mispos_byte::nak);
        restart_ = restart_ || in_frame_;
        if (++broken_ > by_.repeats) fail(refused(drivers_errc::bad_frame));
        break;
    case event::frame:
        put(mispos_byte::ack);
        take_frame(decoder_.content());
        break;
    }
}

/// The terminal has our message: it is at work.
void mispos_exchange::answered() {
    if (phase_ != phase::request) return;
    phase_ = phase::answer;
    restart_ = true;
    heard_ = {};
}

void mispos_exchange::take_nak() {
    if (phase_ != phase::request) return;
    if (sent_times_ > by_.repeats) return fail(refused(drivers_errc::not_acknowledged));
    send_again();
}

void mispos_exchange::take_frame(byte_view content) {
    broken_ = 0;
    if (!heard_.empty() && equal_in_constant_time(heard_.expose(), content)) return; // it has missed our ACK
    auto message = mispos::parse(by_, content, unit_);
    if (!message) return fail(std::move(message).error());
    using kind = mispos_message::kind;
    switch (message->what) {
    case kind::other: return;
    case kind::result:
        if (message->number != number_) return;
        break;
    case kind::for_host: heard_ = secret_bytes(content); break;
    }
    said_ = *std::move(message);
    phase_ = phase::over;
}

net::action mispos_exchange::go_on() {
    if (!out_.empty()) {
        sent_ = std::exchange(out_, {});
        return net::action::send(sent_.expose());
    }
    return phase_ == phase::over ? net::action::done() : listen();
}

/// Nobody has answered the message for the host, and it may still be on its way a second time.
bool mispos_exchange::hushed() const {
    return part_ == mispos_part::silence && hush_.count() > 0 && !heard_.empty();
}

net::action mispos_exchange::listen() {
    const bool between_bytes = decoder_.inside();
    const bool goes_on = !restart_ && !between_bytes && !in_frame_;
    in_frame_ = between_bytes;
    restart_ = false;
    if (between_bytes) return net::action::receive(by_.inter_byte);
    if (goes_on) return net::action::receive_more();
    if (phase_ == phase::request) return net::action::receive(by_.acknowledge);
    if (hushed()) return net::action::receive(hush_);
    switch (part_) {
    case mispos_part::question: return net::action::receive(by_.answer);
    case mispos_part::cancel: return net::action::receive(by_.stopping);
    default: return net::action::receive(by_.result);
    }
}

net::action mispos_exchange::expired() {
    if (in_frame_) {
        decoder_.reset();
        put(mispos_byte::nak);
        if (++broken_ > by_.repeats) fail(refused(drivers_errc::bad_frame));
        return go_on();
    }
    if (hushed()) {
        heard_ = {}; // from here on it is meant
        restart_ = true;
        return go_on();
    }
    const bool again = phase_ == phase::request && part_ != mispos_part::money && sent_times_ <= by_.repeats;
    if (again) {
        send_again();
        return go_on();
    }
    fail(refused(drivers_errc::no_answer));
    return net::action::done();
}

void mispos_exchange::fail(error why) {
    why_ = std::move(why);
    phase_ = phase::over;
}

result<mispos_message> mispos_exchange::take() {
    if (said_) return *std::move(said_);
    return why_ ? *why_ : refused(drivers_errc::no_answer);
}

} // namespace cipherlane::drivers
