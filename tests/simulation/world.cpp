#include "simulation/world.hpp"

#include <utility>

namespace cipherlane::simulation {

world::world(std::uint64_t of_all)
    : seed(of_all)
    , draws(of_all) {
    doors.on_event = [this](fault what) {
        if (what == fault::cashier_stops) cashier.request_stop();
        if (what == fault::payer_pays) gateway_books.pay(code_on_display, time.elapsed());
        if (!cuts_power(what)) return;
        cut = what;
        power_was_cut = true;
        time.till_is_off(true);
    };
}

void world::restore(const beginning& from) {
    drive.restore(from.on_disk);
    host_books = from.at_bank;
    gateway_books = from.at_gateway;
    earlier_answer = from.earlier_answer;
    time.set(from.when);
}

void world::add_to(fingerprint& state) const {
    drive.add_to(state);
    host_books.add_to(state);
    gateway_books.add_to(state);
    time.add_to(state);
    state.add(key);
    for (const auto& [number, whose] : refund_keys) {
        state.add(number);
        state.add(whose);
    }
    state.add(earlier_answer);
    state.add(code_on_display);
    state.add(static_cast<std::uint64_t>(adopts) << 1U | static_cast<std::uint64_t>(power_was_cut));
    for (const auto record : called_for)
        state.add(record);
    for (const auto& one : shown_approved)
        state.add(one);
}

std::string world::stamp() const {
    const auto now = ports::to_civil(wall.now());
    return now.yyyymmdd() + now.hhmmss();
}

} // namespace cipherlane::simulation
