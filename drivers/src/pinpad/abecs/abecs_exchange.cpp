#include <cipherlane/drivers/errc.hpp>
#include <cipherlane/drivers/pinpad/abecs/abecs_exchange.hpp>
#include <cipherlane/drivers/pinpad/abecs/abecs_messages.hpp>
#include <cipherlane/drivers/pinpad/abecs/abecs_status.hpp>

namespace cipherlane::drivers {
namespace {

constexpr std::uint8_t cancel_byte[] = {abecs_byte::can};
constexpr std::uint8_t nak_byte[] = {abecs_byte::nak};
constexpr std::size_t name_size = 3;

error wrong(drivers_errc code) {
    return {make_error_code(code), layer::drivers};
}

} // namespace

abecs_exchange::abecs_exchange(abecs_command command, start how, abecs_timing timing, notice_sink notice)
    : command_(std::move(command))
    , timing_(timing)
    , notice_(std::move(notice))
    , how_(how) {}

net::action abecs_exchange::resume(const net::event& what) {
    using kind = net::event::kind;
    switch (what.what) {
    case kind::started: {
        auto frame = abecs_frame(command_.payload.expose());
        if (!frame) return fail(frame.error());
        frame_ = *std::move(frame);
        return how_ == start::with_cancel ? send_cancel() : send_command();
    }
    case kind::sent:
        if (phase_ == phase::asking_again) return wait_for_answer();
        return net::action::receive(timing_.acknowledge);
    case kind::received: return received(what.bytes);
    case kind::expired: return expired();
    case kind::failed: return fail(what.why);
    }
    return net::action::done();
}

net::action abecs_exchange::send_cancel() {
    phase_ = phase::cancelling;
    ++sent_;
    return net::action::send(cancel_byte);
}

net::action abecs_exchange::send_command() {
    phase_ = phase::command;
    ++sent_;
    decoder_.reset();
    return net::action::send(frame_.expose());
}

net::action abecs_exchange::wait_for_answer() {
    phase_ = phase::answer;
    if (decoder_.inside()) return net::action::receive(timing_.inter_byte);
    auto timer = command_.kind == abecs_command::waits::for_device ? timing_.answer : std::chrono::milliseconds{0};
    return net::action::receive(timer);
}

/// What a phase waits for again after bytes that did not decide it.
net::action abecs_exchange::again() {
    switch (phase_) {
    case phase::silence: return net::action::receive(timing_.silence);
    case phase::answer: return wait_for_answer();
    default: return net::action::receive(timing_.acknowledge);
    }
}

net::action abecs_exchange::received(byte_view data) {
    heard_ += data.size();
    if (heard_ > most_heard) return fail(wrong(drivers_errc::bad_frame));
    if (phase_ == phase::silence) return again(); // dropped until the line is quiet
    for (auto byte : data) {
        auto event = decoder_.take(byte);
        if (event == abecs_decoder::event::nothing) continue;
        decided_ = false;
        auto action = on_event(event);
        if (decided_) return action; // what follows in `data` belongs to no question of ours
    }
    return again();
}

net::action abecs_exchange::on_event(abecs_decoder::event what) {
    using event = abecs_decoder::event;
    auto decide = [this](net::action action) {
        decided_ = true;
        return action;
    };
    switch (phase_) {
    case phase::cancelling:
        if (what != event::eot) return {};
        sent_ = 0;
        return decide(send_command());
    case phase::command:
        if (what == event::ack) {
            phase_ = phase::answer;
            decoder_.reset();
            return {};
        }
        if (what != event::nak) return {};
        if (sent_ < timing_.tries) return decide(send_command());
        return decide(fail(wrong(drivers_errc::not_acknowledged)));
    case phase::answer:
        if (what == event::broken) return decide(broken());
        if (what == event::frame) return on_answer();
        return {};
    default: return {};
    }
}

net::action abecs_exchange::broken() {
    if (++broken_ >= timing_.tries) return fail(wrong(drivers_errc::bad_frame));
    phase_ = phase::silence;
    return net::action::receive(timing_.silence);
}

net::action abecs_exchange::on_answer() {
    auto payload = decoder_.payload();
    auto text = as_text(payload);
    auto name = text.substr(0, name_size);
    if (name == "NTM") {
        constexpr std::size_t head = 9; // NTM, status, length
        if (notice_ && text.size() > head) notice_(abecs::from_latin1(text.substr(head)));
        return {};
    }
    decided_ = true;
    if (name == "ERR") {
        auto status = abecs::status_of(payload, "ERR");
        if (!status) return fail(status.error());
        return fail(*status == 0 ? wrong(drivers_errc::bad_content) : abecs_error(*status));
    }
    if (name != as_text(command_.payload.expose()).substr(0, name_size)) {
        foreign_ = true;
        decided_ = false;
        return {};
    }
    answer_ = secret_bytes(payload);
    decoder_.reset();
    phase_ = phase::over;
    return net::action::done();
}

net::action abecs_exchange::expired() {
    switch (phase_) {
    case phase::silence:
        phase_ = phase::asking_again;
        decoder_.reset();
        return net::action::send(nak_byte);
    case phase::cancelling:
        if (sent_ < timing_.tries) return send_cancel();
        return fail(wrong(drivers_errc::cancel_unanswered));
    case phase::answer:
        if (decoder_.inside()) return broken();
        return fail(wrong(foreign_ ? drivers_errc::wrong_answer : drivers_errc::no_answer));
    default: return fail(wrong(drivers_errc::no_answer));
    }
}

net::action abecs_exchange::fail(error why) {
    if (why.operation().empty()) {
        why = std::move(why).during(as_text(command_.payload.expose()).substr(0, name_size));
    }
    why_ = std::move(why);
    phase_ = phase::over;
    return net::action::done();
}

result<secret_bytes> abecs_exchange::take() {
    if (why_) return *why_;
    return std::move(answer_);
}

} // namespace cipherlane::drivers
