#include <cipherlane/drivers/terminal/zvt/zvt_exchange.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>

// Whatever a ZVT terminal sends: the link's machine ends or waits, and the parsers of messages refuse or give values.

using namespace cipherlane;

namespace {

void parse_all(byte_view input) {
    static_cast<void>(drivers::zvt::parse_status(input));
    static_cast<void>(drivers::zvt::parse_completion(input));
    static_cast<void>(drivers::zvt::parse_progress(input));
    static_cast<void>(drivers::zvt::parse_line(input));
    static_cast<void>(drivers::zvt::parse_block(input));
}

/// Feeds pieces of the input; when it is used up, each timer expires.
void run_machine(byte_view input, std::size_t piece, drivers::zvt_link link, drivers::zvt_exchange::until end) {
    ports::terminal_events events;
    events.line = [](const ports::terminal_line&) {};
    events.progress = [](std::string_view, std::string_view) {};
    drivers::zvt_exchange machine({drivers::zvt_code::authorisation, {}}, end, link, {}, &events);
    auto next = machine.resume({});
    for (int steps = 0; next.what != net::action::kind::done && steps < 10'000; ++steps) {
        if (next.what == net::action::kind::send) {
            next = machine.resume({net::event::kind::sent, {}, {}});
        } else if (!input.empty()) {
            const auto part = input.first(std::min(piece, input.size()));
            input = input.subspan(part.size());
            next = machine.resume({net::event::kind::received, part, {}});
        } else {
            next = machine.resume({net::event::kind::expired, {}, {}});
        }
    }
    if (next.what == net::action::kind::done) static_cast<void>(machine.take());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const byte_view input(data + 1, size - 1);
    parse_all(input);
    const auto link = (data[0] & 1U) != 0 ? drivers::zvt_link::serial : drivers::zvt_link::stream;
    const auto end = static_cast<drivers::zvt_exchange::until>((data[0] >> 1U) % 3U);
    run_machine(input, 1U + data[0] / 4U, link, end);
    return 0;
}
