// What a usbip host sends, in pieces (the first byte says how large): headers are read or refused, and the device
// behind them answers every request at most once.
#include "simkit/echo_model.hpp"
#include "simkit/usbip_carrier.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace cipherlane;
    if (size == 0) return 0;
    const byte_view stream(data + 1, size - 1);
    const std::size_t piece = 1 + data[0];
    std::size_t commands = 0;
    std::size_t answers = 0;
    sim::echo_model model;
    sim::usbip_carrier device(model, [&](const bytes& message) {
        ++answers;
        if (message.size() < sim::usbip_header_size) __builtin_trap();
    });
    device.on_command = [&](const sim::usbip_command&) { ++commands; };
    for (std::size_t at = 0; at < stream.size(); at += piece) {
        if (!device.take(stream.subspan(at, std::min(piece, stream.size() - at)))) break;
        if (answers > commands) __builtin_trap();
    }
    if (commands * sim::usbip_header_size > stream.size()) __builtin_trap();
    device.disconnect();
    return 0;
}
