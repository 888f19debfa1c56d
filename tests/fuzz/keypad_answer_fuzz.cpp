#include <cipherlane/drivers/pinpad/keypad/keypad_exchange.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

// Whatever a keypad sends: the link's machine ends or waits, for every keypad that comes with the library.

using namespace cipherlane;

namespace {

const std::vector<drivers::keypad_description>& keypads() {
    static const auto all = [] {
        std::vector<drivers::keypad_description> read;
        for (const auto name : drivers::shipped_keypads())
            read.push_back(drivers::shipped_keypad(name).value());
        return read;
    }();
    return all;
}

drivers::keypad_data values() {
    using value = drivers::keypad_value;
    drivers::keypad_data made;
    made.set(value::account, as_bytes("4761739001010119"));
    made.set(value::account12, as_bytes("173900101011"));
    made.set(value::amount, as_bytes("12.34"));
    made.set(value::data, as_bytes("0123456789ABCDEF"));
    made.set(value::key, bytes(8));
    made.set(value::check, bytes(8));
    made.set(value::most, 12U);
    made.set(value::seconds, 30U);
    return made;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const auto& of = keypads()[data[0] % keypads().size()];
    const auto action = static_cast<drivers::keypad_action>(data[1] % drivers::keypad_actions);
    using start = drivers::keypad_exchange::start;
    drivers::keypad_exchange machine(
        of, action, values(), (data[0] & 0x80U) != 0 ? start::after_failure : start::clean);
    const byte_view input(data + 2, size - 2);
    const std::size_t piece = 1 + data[1] / 13;
    auto next = machine.resume({});
    std::size_t at = 0;
    int steps = 0;
    for (; next.what != net::action::kind::done; ++steps) {
        // The caller's deadline ends what is asked for again and again until somebody swipes a card.
        const bool late = steps > 2'000;
        if (next.what == net::action::kind::send) {
            next = machine.resume({net::event::kind::sent, {}, {}});
        } else if (next.what == net::action::kind::receive && at < input.size()) {
            const auto part = input.subspan(at, std::min(piece, input.size() - at));
            at += part.size();
            next = machine.resume({net::event::kind::received, part, {}});
        } else if (next.timeout.count() > 0 && !late) {
            next = machine.resume({net::event::kind::expired, {}, {}});
        } else {
            next = machine.resume(
                {net::event::kind::failed, {}, error(make_error_code(boost::system::errc::timed_out), layer::net)});
        }
        if (steps > 20'000) std::abort();
    }
    static_cast<void>(machine.take());
    return 0;
}
