#include <cipherlane/drivers/pinpad/abecs/abecs_exchange.hpp>
#include <cipherlane/drivers/pinpad/abecs/abecs_messages.hpp>

#include <cstddef>
#include <cstdint>

// Whatever a pad sends: the link's machine ends or waits, and the parsers of answers refuse or give values.

using namespace cipherlane;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const byte_view input(data + 1, size - 1);
    static_cast<void>(drivers::abecs::parse_card(input));
    static_cast<void>(drivers::abecs::parse_pin(input));
    static_cast<void>(drivers::abecs::parse_chip(input));
    static_cast<void>(drivers::abecs::parse_finish(input));
    static_cast<void>(drivers::abecs::from_latin1(as_text(input)));

    drivers::abecs_exchange machine({secret_bytes(as_bytes("GCR")), drivers::abecs_command::waits::for_cardholder},
        (data[0] & 1U) != 0 ? drivers::abecs_exchange::start::with_cancel : drivers::abecs_exchange::start::at_once);
    const std::size_t piece = 1 + data[0] / 2;
    auto next = machine.resume({});
    std::size_t at = 0;
    for (int steps = 0; next.what != net::action::kind::done && steps < 10'000; ++steps) {
        if (next.what == net::action::kind::send) {
            next = machine.resume({net::event::kind::sent, {}, {}});
        } else if (at < input.size()) {
            const auto part = input.subspan(at, std::min(piece, input.size() - at));
            at += part.size();
            next = machine.resume({net::event::kind::received, part, {}});
        } else if (next.timeout.count() > 0) {
            next = machine.resume({net::event::kind::expired, {}, {}});
        } else {
            next = machine.resume(
                {net::event::kind::failed, {}, error(make_error_code(boost::system::errc::timed_out), layer::net)});
        }
    }
    if (next.what == net::action::kind::done) static_cast<void>(machine.take());
    return 0;
}
