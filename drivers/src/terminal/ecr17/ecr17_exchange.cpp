#include "../../refusals.hpp"

#include <cipherlane/drivers/terminal/ecr17/ecr17_exchange.hpp>
#include <cipherlane/drivers/terminal/ecr17/ecr17_messages.hpp>

#include <algorithm>
#include <utility>

namespace cipherlane::drivers {
namespace {

constexpr std::size_t code_at = 9;
constexpr char receipt_code = 'S';

char code_of(std::string_view message) {
    return message.size() > code_at ? message[code_at] : '\0';
}

} // namespace

ecr17_exchange::ecr17_exchange(std::string request, ecr17_end until, std::optional<ecr17_check>& check,
    ecr17_timing timing, const ports::terminal_events* events)
    : request_(std::move(request))
    , until_(until)
    , check_(check)
    , timing_(timing)
    , events_(events) {}

ecr17_check ecr17_exchange::check_now() const noexcept {
    if (check_) return *check_;
    const auto turn = static_cast<std::size_t>(sent_times_ > 0 ? sent_times_ - 1 : 0);
    return ecr17_checks[turn % ecr17_checks.size()];
}

/// Silence, or anything but NAK, may mean that the terminal is at work and only its ACK was lost: what moves money
/// does not go out again then.
bool ecr17_exchange::may_repeat(after what) const noexcept {
    const bool may_be_under_way = (heard_ || what == after::silence) && ecr17::moves(code_of(request_));
    return sent_times_ <= timing_.repeats && !may_be_under_way;
}

void ecr17_exchange::request_again() {
    ++sent_times_;
    out_ = ecr17_frame(request_, check_now());
    restart_ = true;
}

net::action ecr17_exchange::resume(const net::event& what) {
    using kind = net::event::kind;
    switch (what.what) {
    case kind::started: request_again(); return go_on();
    case kind::sent: return go_on();
    case kind::received: return received(what.bytes);
    case kind::expired: return expired();
    case kind::failed: return fail(what.why);
    }
    return net::action::done();
}

net::action ecr17_exchange::received(byte_view data) {
    for (const auto byte : data) {
        if (phase_ == phase::over || why_) break;
        take_event(decoder_.take(byte, check_));
    }
    if (why_) return net::action::done();
    return go_on();
}

void ecr17_exchange::take_event(ecr17_decoder::event what) {
    using event = ecr17_decoder::event;
    switch (what) {
    case event::nothing: break;
    case event::ack:
        if (phase_ != phase::request) break;
        phase_ = until_ == ecr17_end::acknowledgement ? phase::over
                 : until_ == ecr17_end::receipt       ? phase::receipt
                                                      : phase::answer;
        if (phase_ != phase::answer) answer_.emplace();
        restart_ = true;
        break;
    case event::nak:
        if (phase_ != phase::request) break;
        if (!may_repeat(after::nak)) {
            why_ = refused(drivers_errc::not_acknowledged);
        } else {
            request_again();
        }
        break;
    case event::progress:
        heard_ = true;
        if (events_ != nullptr && events_->progress) events_->progress("01", decoder_.text());
        break;
    case event::broken:
        heard_ = true;
        if (++broken_ > timing_.repeats) why_ = refused(drivers_errc::bad_frame);
        out_ = ecr17_control(ecr17_byte::nak, check_now());
        break;
    case event::packet:
        broken_ = 0;
        heard_ = true;
        if (!check_) check_ = decoder_.check();
        out_ = ecr17_control(ecr17_byte::ack, *check_);
        take_packet(decoder_.text());
        break;
    }
}

void ecr17_exchange::take_packet(const std::string& message) {
    const auto code = code_of(message);
    const bool fits = ecr17::answers(code_of(request_), code);
    if (phase_ == phase::request) {
        // Of an earlier request, or of this one whose ACK was lost: what moves money must not be sent again.
        if (fits && ecr17::moves(code_of(request_))) why_ = refused(drivers_errc::wrong_answer);
        return;
    }
    if (phase_ == phase::answer && fits) {
        answer_ = message;
        const bool more = until_ == ecr17_end::answer_and_receipt && !receipt_over_;
        phase_ = more ? phase::receipt : phase::over;
        restart_ = true;
        return;
    }
    if (code != receipt_code) return;
    tell_receipt(message);
    restart_ = true;
    if (phase_ == phase::receipt && receipt_over_) phase_ = phase::over;
}

void ecr17_exchange::tell_receipt(const std::string& message) {
    const auto part = ecr17::parse_receipt(message);
    receipt_over_ = receipt_over_ || part.last;
    if (events_ == nullptr || !events_->line) return;
    for (std::size_t at = 0; at <= part.text.size();) {
        const auto end = std::min(part.text.find('\n', at), part.text.size());
        events_->line({std::string_view(part.text).substr(at, end - at), part.last && end == part.text.size()});
        at = end + 1;
    }
}

net::action ecr17_exchange::go_on() {
    if (!out_.empty()) {
        sent_ = std::exchange(out_, {});
        return net::action::send(sent_);
    }
    if (phase_ == phase::over) return net::action::done();
    const bool inside = decoder_.inside() && phase_ != phase::request;
    const bool goes_on = !std::exchange(restart_, false) && !inside && !in_packet_;
    in_packet_ = inside;
    if (inside) return net::action::receive(timing_.inside);
    if (goes_on) return net::action::receive_more();
    switch (phase_) {
    case phase::request: return net::action::receive(timing_.acknowledge);
    case phase::receipt: return net::action::receive(timing_.receipt);
    default: return net::action::receive(timing_.result);
    }
}

net::action ecr17_exchange::expired() {
    decoder_.reset();
    if (std::exchange(in_packet_, false)) { // its end was lost: the terminal says it again
        restart_ = true;
        if (++broken_ > timing_.repeats) return fail(refused(drivers_errc::bad_frame));
        out_ = ecr17_control(ecr17_byte::nak, check_now());
        return go_on();
    }
    switch (phase_) {
    case phase::request:
        if (!may_repeat(after::silence)) return fail(refused(drivers_errc::no_answer));
        sent_into_silence_ = true;
        request_again();
        return go_on();
    case phase::receipt: // the answer is there; the rest of the receipt is not
        phase_ = phase::over;
        return net::action::done();
    default: return fail(refused(drivers_errc::no_answer));
    }
}

net::action ecr17_exchange::fail(error why) {
    if (!answer_) why_ = std::move(why);
    phase_ = phase::over;
    return net::action::done();
}

result<std::string> ecr17_exchange::take() {
    if (answer_) return std::move(*answer_);
    return why_ ? *why_ : refused(drivers_errc::no_answer);
}

} // namespace cipherlane::drivers
