// Every form in which people have bytes, asked for by the first byte or found out: readings are bounded by their
// input, their parts are no more than the whole, and what is told of an input is no part of it.
#include "cipherlane/card_talk.hpp"
#include "cipherlane/people_input.hpp"

#include <cstdint>
#include <cstdlib>

using namespace cipherlane;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2 || size > 8192) return 0;
    const byte_view input(data + 1, size - 1);
    constexpr auto forms = static_cast<unsigned>(cli::input_form::capture) + 1;
    const auto form = static_cast<cli::input_form>(data[0] % forms);
    // Only a dump can stand for more than it holds: its "*" repeats a line.
    constexpr std::size_t most_repeated = std::size_t{1} << 21U;
    const auto readings = cli::readings_of(as_text(input), form);
    if (!readings) return 0;
    if (readings->empty()) std::abort();
    for (const auto& each : *readings) {
        const bool dump = each.form == cli::input_form::dump;
        if (each.whole.size() > (dump ? most_repeated * input.size() : input.size())) std::abort();
        std::size_t parts = 0;
        for (const auto& part : each.parts)
            parts += part.size();
        // Digits at the end of a line may stand apart from those of the whole by half a byte.
        if (!each.parts.empty() && parts > each.whole.size() + each.parts.size()) std::abort();
        if (cli::packet_payload(each.whole) > each.whole.size()) std::abort();
        (void)cli::card_command(each.whole);
        (void)cli::status_word(each.whole);
    }
    return 0;
}
