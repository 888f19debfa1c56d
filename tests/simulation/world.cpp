#include "simulation/world.hpp"

#include <utility>

namespace cipherlane::simulation {

world::world(std::uint64_t seed)
    : draws(seed) {
    doors.on_event = [this](fault what) {
        if (what == fault::cashier_stops) cashier.request_stop();
        if (what == fault::payer_pays) gateway_books.pay(code_on_display, time.elapsed());
        if (!cuts_power(what)) return;
        cut = what;
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

std::string world::stamp() const {
    const auto now = ports::to_civil(wall.now());
    return now.yyyymmdd() + now.hhmmss();
}

} // namespace cipherlane::simulation
