#include "../../refusals.hpp"

#include <cipherlane/drivers/terminal/zvt/zvt_exchange.hpp>

#include <algorithm>

namespace cipherlane::drivers {
namespace {

constexpr std::uint16_t cannot_read = 0x8483;

secret_bytes joined(byte_view a, byte_view b) {
    secret_bytes both(a.size() + b.size());
    std::copy(b.begin(), b.end(), std::copy(a.begin(), a.end(), both.expose().begin()));
    return both;
}

} // namespace

zvt_exchange::zvt_exchange(
    zvt::command what, until end, zvt_link link, zvt_timing timing, const ports::terminal_events* events)
    : what_(std::move(what))
    , until_(end)
    , link_(link)
    , timing_(timing)
    , events_(events)
    , patience_(end == until::outcome ? timing.stopping : timing.completion) {}

net::action zvt_exchange::resume(const net::event& what) {
    using kind = net::event::kind;
    switch (what.what) {
    case kind::started:
        if (until_ == until::outcome) phase_ = phase::transaction;
        put(to_wire(what_.code, what_.data));
        return go_on();
    case kind::sent: return phase_ == phase::over && !unacknowledged_ ? net::action::done() : listen();
    case kind::received: return received(what.bytes);
    case kind::expired: return expired();
    case kind::failed: return fail(what.why);
    }
    return net::action::done();
}

net::action zvt_exchange::received(byte_view data) {
    for (const auto byte : data) {
        if (phase_ == phase::over && !unacknowledged_) break; // what follows belongs to no question of ours
        if (why_) break;
        link_ == zvt_link::stream ? take_stream(byte) : take_serial(byte);
    }
    if (why_ && !decided_) return net::action::done();
    return go_on();
}

void zvt_exchange::take_stream(std::uint8_t byte) {
    if (reader_.take(byte)) take_message(reader_.message());
}

void zvt_exchange::take_serial(std::uint8_t byte) {
    using event = zvt_frame_decoder::event;
    switch (decoder_.take(byte)) {
    case event::nothing: break;
    case event::ack:
        unacknowledged_ = false;
        repeated_ = 0;
        restart_ = true;
        break;
    case event::nak:
        if (!unacknowledged_) break;
        if (repeated_++ >= timing_.repeats) {
            why_ = refused(drivers_errc::not_acknowledged);
        } else {
            out_ = joined(out_.expose(), last_.expose());
            restart_ = true;
        }
        break;
    case event::broken:
        put(zvt_byte::nak);
        if (++broken_ > timing_.repeats) why_ = refused(drivers_errc::bad_frame);
        break;
    case event::frame: {
        broken_ = 0;
        put(zvt_byte::ack);
        const auto message = decoder_.message();
        auto whole = to_wire(message.code, message.data.expose());
        // Before it has our answer the terminal says nothing new: it has missed our ACK.
        const bool again = unacknowledged_ && whole == heard_;
        heard_ = std::move(whole);
        if (!again) take_message(message);
        break;
    }
    }
}

void zvt_exchange::take_message(const zvt_apdu& message) {
    if (phase_ == phase::over) return;
    const bool answers = message.code == zvt_code::acknowledged || message.group() == zvt_code::refused_class;
    if (answers) return take_answer(message);
    if (phase_ == phase::command) return answer(zvt_code::acknowledged);
    take_word(message);
}

void zvt_exchange::take_answer(const zvt_apdu& message) {
    if (phase_ != phase::command) return; // to what was told to stop, or late
    const bool positive = message.code == zvt_code::acknowledged || message.instruction() == 0;
    if (!positive && silent_) { // it may refuse the repeat for the first, which it is carrying out
        why_ = refused(drivers_errc::wrong_answer);
        return;
    }
    if (!positive) said_.refused = message.instruction();
    if (!positive || until_ == until::answer) return end();
    phase_ = phase::transaction;
    restart_ = true;
}

void zvt_exchange::take_word(const zvt_apdu& message) {
    const auto understood = understand(message);
    answer(understood ? zvt_code::acknowledged : cannot_read);
}

/// @return why it is answered with 84 83.
result<void> zvt_exchange::understand(const zvt_apdu& message) {
    const auto data = message.data.expose();
    switch (message.code) {
    case zvt_code::status_information: {
        CIPHERLANE_TRY(said_.told, zvt::parse_status(data));
        patience_ = std::max(patience_, until_ == until::outcome ? timing_.stopping : timing_.completion);
        restart_ = true;
        return {};
    }
    case zvt_code::intermediate_status: {
        CIPHERLANE_TRY(const auto progress, zvt::parse_progress(data));
        tell(progress);
        return {};
    }
    case zvt_code::print_line: {
        CIPHERLANE_TRY(const auto lines, zvt::parse_line(data));
        tell(lines);
        return {};
    }
    case zvt_code::print_text_block: {
        CIPHERLANE_TRY(const auto lines, zvt::parse_block(data));
        tell(lines);
        return {};
    }
    case zvt_code::completion: {
        // Whatever it says beside: the transaction is over.
        auto told = zvt::parse_completion(data);
        said_.completed = told ? *std::move(told) : zvt::end();
        end();
        return {};
    }
    case zvt_code::abort:
        said_.aborted = data.empty() ? std::uint8_t{0xFF} : data[0];
        end();
        return {};
    default: return refused(drivers_errc::not_supported);
    }
}

void zvt_exchange::tell(const zvt::print& what) const {
    if (events_ == nullptr || !events_->line) return;
    for (std::size_t at = 0; at < what.lines.size(); ++at)
        events_->line({what.lines[at], what.last && at + 1 == what.lines.size()});
}

void zvt_exchange::tell(const zvt::progress& what) {
    restart_ = true;
    if (what.minutes && *what.minutes > 0 && until_ != until::outcome)
        patience_ = std::chrono::minutes(*what.minutes);
    if (events_ == nullptr || !events_->progress) return;
    events_->progress(zvt::code_text(what.code), what.text);
}

void zvt_exchange::answer(std::uint16_t code) {
    put(to_wire(code, {}));
}

void zvt_exchange::put(std::uint8_t control) {
    const std::array<std::uint8_t, 1> one{control};
    out_ = joined(out_.expose(), one);
}

void zvt_exchange::put(secret_bytes message) {
    if (link_ == zvt_link::serial) {
        message = zvt_frame(message.expose());
        last_ = message.clone();
        unacknowledged_ = true;
        repeated_ = 0;
    }
    out_ = joined(out_.expose(), message.expose());
    restart_ = true;
}

void zvt_exchange::end() noexcept {
    phase_ = phase::over;
    decided_ = true;
}

net::action zvt_exchange::go_on() {
    if (out_.empty()) return phase_ == phase::over && !unacknowledged_ ? net::action::done() : listen();
    sent_ = std::exchange(out_, secret_bytes());
    return net::action::send(sent_.expose());
}

net::action zvt_exchange::listen() {
    auto wanted = phase_ == phase::transaction ? timer::completion : timer::answer;
    auto span = phase_ == phase::transaction ? patience_ : timing_.answer;
    if (link_ == zvt_link::serial && decoder_.inside()) {
        wanted = timer::inter_byte;
        span = timing_.inter_byte;
        restart_ = true; // between any two bytes
    } else if (unacknowledged_) {
        wanted = timer::acknowledge;
        span = timing_.acknowledge;
    }
    const bool goes_on = wanted == running_ && !restart_;
    running_ = wanted;
    restart_ = false;
    return goes_on ? net::action::receive_more() : net::action::receive(span);
}

net::action zvt_exchange::expired() {
    switch (running_) {
    case timer::inter_byte:
        decoder_.reset();
        if (++broken_ > timing_.repeats) return fail(refused(drivers_errc::bad_frame));
        put(zvt_byte::nak);
        restart_ = true;
        return go_on();
    case timer::acknowledge: return repeat();
    case timer::none:
    case timer::answer:
    case timer::completion: break;
    }
    return fail(refused(drivers_errc::no_answer));
}

net::action zvt_exchange::repeat() {
    if (phase_ == phase::command) silent_ = true;
    if (repeated_++ >= timing_.repeats) return fail(refused(drivers_errc::not_acknowledged));
    out_ = last_.clone();
    restart_ = true;
    return go_on();
}

net::action zvt_exchange::fail(error why) {
    if (!decided_) why_ = std::move(why);
    phase_ = phase::over;
    return net::action::done();
}

result<zvt_conversation> zvt_exchange::take() {
    if (!decided_) return why_ ? *why_ : refused(drivers_errc::no_answer);
    return std::move(said_);
}

} // namespace cipherlane::drivers
