#include <cipherlane/drivers/scanner/payment_code_gate.hpp>
#include <cipherlane/drivers/scanner/scan_exchange.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>

// Whatever a scanner sends, characters, reports or keys: the exchange waits or gives a code, and the gate judges it.

using namespace cipherlane;

namespace {

std::unique_ptr<drivers::scan_reader> reader_of(unsigned kind) {
    drivers::scanner_profile profile;
    profile.end = static_cast<drivers::scan_end>(kind / 3 % 5);
    profile.aim = static_cast<drivers::aim_identifier>(kind / 15 % 3);
    profile.text = kind % 2 == 0 ? drivers::scan_text::utf8 : drivers::scan_text::gbk;
    if (kind % 3 == 0) return std::make_unique<drivers::text_scan_reader>(profile);
    if (kind % 3 == 1) return std::make_unique<drivers::report_scan_reader>(profile);
    return std::make_unique<drivers::wedge_scan_reader>(profile);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    auto gate = drivers::payment_code_gate::create({}).value();
    auto input = byte_view(data + 1, size - 1);
    const auto reader = reader_of(data[0]);
    drivers::scan_exchange machine(*reader);
    auto next = machine.resume({});
    next = machine.resume({net::event::kind::expired, {}, {}});
    const std::size_t piece = 1U + data[0] / 4U;
    bool paused = false;
    for (int steps = 0; next.what != net::action::kind::done && steps < 10'000; ++steps) {
        if (input.empty() || (paused = !paused && input.size() % 64 == 0)) {
            next = machine.resume({net::event::kind::expired, {}, {}});
            if (input.empty()) break;
            continue;
        }
        const auto part = input.first(std::min(piece, input.size()));
        input = input.subspan(part.size());
        next = machine.resume({net::event::kind::received, part, {}});
    }
    if (next.what == net::action::kind::done) {
        auto code = machine.take();
        if (code) static_cast<void>(gate.pass(*std::move(code)));
    }
    return 0;
}
