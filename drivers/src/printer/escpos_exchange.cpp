#include "stopped.hpp"

#include <cipherlane/drivers/printer/escpos_exchange.hpp>

#include <algorithm>
#include <utility>

namespace cipherlane::drivers {
namespace {

constexpr std::array questions{escpos_question::printer, escpos_question::off_line, escpos_question::paper};
constexpr std::size_t what_stops_it = 1; ///< the first question that is asked while it prints
constexpr std::array<std::uint8_t, 3> say_when_printed{0x1D, 0x72, 0x01};
constexpr std::chrono::milliseconds look_every{1'000};

} // namespace

escpos_exchange::escpos_exchange(bytes data, print_proof proof, const escpos_timing& timing, unsigned owed)
    : data_(std::move(data))
    , proof_(proof)
    , timing_(timing)
    , owed_(owed) {
    if (data_.empty() || proof != print_proof::printed) return;
    data_.insert(data_.end(), say_when_printed.begin(), say_when_printed.end());
}

net::action escpos_exchange::resume(const net::event& what) {
    using kind = net::event::kind;
    switch (what.what) {
    case kind::started:
        if (proof_ != print_proof::none) return ask(0);
        if (data_.empty()) return fail(refused(drivers_errc::not_supported));
        return send_data();
    case kind::sent:
        if (phase_ != phase::sending) return net::action::receive(timing_.answer);
        if (proof_ == print_proof::none) return finish();
        if (proof_ == print_proof::printed) return wait_on();
        phase_ = phase::looking;
        return ask(0); // it must say something once the slip has gone
    case kind::received: return received(what.bytes);
    case kind::expired: return expired();
    case kind::failed: return fail(what.why);
    }
    return net::action::done();
}

net::action escpos_exchange::ask(std::size_t which) {
    question_ = which;
    answered_ = false;
    out_ = {0x10, 0x04, static_cast<std::uint8_t>(questions.at(which))};
    return net::action::send(out_);
}

net::action escpos_exchange::send_data() {
    phase_ = phase::sending;
    if (proof_ == print_proof::printed) ++owed_;
    return net::action::send(data_);
}

net::action escpos_exchange::wait_on() {
    if (waited_ >= timing_.printing) {
        // It may have lost its power meanwhile, and with it what it had to say. And what it says comes in its order:
        // where some of it has come, the rest is lost by now.
        if (lost_sight_ || has_said_) owed_ = 0;
        return fail(refused(drivers_errc::no_answer));
    }
    phase_ = phase::printing;
    return net::action::receive(look_every);
}

void escpos_exchange::note(const escpos_status_reader::told& one) {
    using kind = escpos_status_reader::told::kind;
    switch (one.what) {
    case kind::unasked: status_.take(one.all); break;
    case kind::answer:
        if ((phase_ != phase::asking && phase_ != phase::looking) || answered_) break;
        status_.take(questions.at(question_), one.value);
        answered_ = true;
        break;
    case kind::processed:
        if (owed_ == 0) break;
        --owed_;
        has_said_ = true;
        status_.take_processed(one.value);
        break;
    }
}

net::action escpos_exchange::received(byte_view data) {
    for (const auto byte : data) {
        if (const auto one = reader_.take(byte)) note(*one);
    }
    const bool printed = phase_ == phase::printing || phase_ == phase::looking;
    if (printed && proof_ == print_proof::printed && owed_ == 0) return finish();
    if (phase_ == phase::printing) return net::action::receive_more();
    return answered_ ? answered() : net::action::receive_more();
}

net::action escpos_exchange::answered() {
    if (question_ + 1 < questions.size()) return ask(question_ + 1);
    if (phase_ == phase::asking && data_.empty()) return finish();
    const auto reason = status_.now().stopped_by;
    if (reason != ports::printer_stop::none) return fail(stopped_by(reason));
    if (phase_ == phase::asking) return send_data();
    return proof_ == print_proof::state ? finish() : wait_on();
}

net::action escpos_exchange::expired() {
    if (phase_ == phase::printing) {
        waited_ += look_every;
        phase_ = phase::looking;
        return ask(what_stops_it);
    }
    waited_ += timing_.answer;
    if (phase_ == phase::looking) lost_sight_ = true;
    // Some printers know the first question alone; one that prints may be too busy for any.
    if (question_ == 0) return fail(refused(drivers_errc::no_answer));
    return answered();
}

net::action escpos_exchange::fail(error why) {
    why_ = std::move(why);
    phase_ = phase::over;
    return net::action::done();
}

net::action escpos_exchange::finish() {
    phase_ = phase::over;
    return net::action::done();
}

result<ports::printer_status> escpos_exchange::take() {
    if (why_) return *std::move(why_);
    return status_.now();
}

} // namespace cipherlane::drivers
