#include <cipherlane/drivers/terminal/ecr17/ecr17_exchange.hpp>
#include <cipherlane/drivers/terminal/ecr17/ecr17_messages.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>

// Whatever an ECR17 terminal sends: the machine ends or waits, and the parsers refuse or give values.

using namespace cipherlane;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    auto input = byte_view(data + 1, size - 1);
    static_cast<void>(drivers::ecr17::parse_outcome(as_text(input)));
    static_cast<void>(drivers::ecr17::parse_totals(as_text(input)));
    static_cast<void>(drivers::ecr17::parse_status(as_text(input)));
    static_cast<void>(drivers::ecr17::parse_receipt(as_text(input)));
    std::optional<drivers::ecr17_check> check;
    const auto end = static_cast<drivers::ecr17_end>(data[0] & 3U);
    ports::terminal_events events;
    events.line = [](const ports::terminal_line&) {};
    events.progress = [](std::string_view, std::string_view) {};
    // What moves money, or what only asks.
    const auto request = size % 2 == 0 ? drivers::ecr17::last_result({}) : drivers::ecr17::close({});
    drivers::ecr17_exchange machine(request, end, check, {}, &events);
    const std::size_t piece = 1U + data[0] / 4U;
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
    return 0;
}
