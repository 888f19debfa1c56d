#include "simulation/world.hpp"

#include <utility>

namespace cipherlane::simulation {

world::world(std::uint64_t of_all)
    : seed(of_all)
    , draws(of_all) {
    doors.on_event = [this](fault what) {
        if (what == fault::cashier_stops) cashier.request_stop();
        if (what == fault::payer_pays) pay(code_on_display);
        if (what == fault::clock_ahead) wall.set_by(std::chrono::hours(24));
        if (what == fault::clock_back) wall.set_by(-std::chrono::hours(24));
        if (cuts_power(what)) lose_power(what);
    };
}

void world::lose_power(fault how) {
    cut = how;
    power_was_cut = true;
    time.till_is_off(true);
    display_failed = true; // what stands there has nobody to clear it
}

void world::pay(const std::string& number) {
    using taking = wallet::taking;
    auto* const order = gateway_books.find(number, time.elapsed());
    if (order == nullptr) return;
    const auto before = order->payments.size();
    gateway_books.pay(number, time.elapsed(), people.takes_always ? taking::always : taking::once_in_time);
    if (people.takes_always && order->payments.size() > before) {
        send_notice(number, before, std::chrono::seconds(1));
    }
}

void world::send_notice(const std::string& number, std::size_t which, std::chrono::milliseconds after) {
    fingerprint tag;
    tag.add(number);
    tag.add(static_cast<std::uint64_t>(which));
    const auto deliver = [this, number, which] {
        auto* const order = gateway_books.find(number, time.elapsed());
        if (order == nullptr || order->payments[which].noticed) return;
        const auto& paid = order->payments[which];
        ports::qr_order_status told;
        told.order_number = number;
        told.state = ports::qr_order_state::paid;
        told.paid = amount(paid.minor);
        told.transaction_number = paid.number;
        told.terminal_id = number.substr(0, 8);
        const bool kept = keep_notice && !doors.off() && keep_notice(told) && !doors.off();
        if (kept) {
            order->payments[which].noticed = true;
        } else {
            send_notice(number, which, std::chrono::seconds(15));
        }
    };
    time.plan(after, deliver, tag.value());
}

void world::restore(const beginning& from) {
    drive.restore(from.on_disk);
    host_books = from.at_bank;
    gateway_books = from.at_gateway;
    terminal = from.at_terminal;
    earlier_answer = from.earlier_answer;
    time.set(from.when);
}

void world::add_to(fingerprint& state) const {
    drive.add_to(state);
    host_books.add_to(state);
    gateway_books.add_to(state);
    terminal.add_to(state);
    time.add_to(state);
    state.add(static_cast<std::uint64_t>(wall.set().count()));
    state.add(key);
    for (const auto& [number, whose] : refund_keys) {
        state.add(number);
        state.add(whose);
    }
    state.add(earlier_answer);
    state.add(code_on_display);
    state.add(static_cast<std::uint64_t>(codes_shown));
    state.add(static_cast<std::uint64_t>(display_failed));
    state.add(static_cast<std::uint64_t>(adopts) << 1U | static_cast<std::uint64_t>(power_was_cut));
    for (const auto* const records : {&called_for, &paid_late}) {
        state.add(static_cast<std::uint64_t>(records->size()));
        for (const auto record : *records)
            state.add(record);
    }
    for (const auto& one : shown_approved)
        state.add(one);
    for (const auto& one : read_approved)
        state.add(one);
}

std::string world::stamp() const {
    const auto now = ports::to_civil(outside.now());
    return now.yyyymmdd() + now.hhmmss();
}

} // namespace cipherlane::simulation
