#include <cipherlane/drivers/display/bonrix/bonrix.hpp>
#include <cipherlane/drivers/display/escpos/escpos_printer.hpp>
#include <cipherlane/drivers/display/escpos/line_display.hpp>
#include <cipherlane/drivers/display/rcall/rcall.hpp>
#include <cipherlane/drivers/display/step_exchange.hpp>
#include <cipherlane/drivers/display/weact/weact.hpp>

#include <cstddef>
#include <cstdint>

// Whatever a display sends: the machine ends or waits. Whatever text is to be shown: it is refused or framed.

using namespace cipherlane;

namespace {

result<drivers::step_list> steps_for(unsigned which, std::string_view text) {
    ports::qr_view view;
    view.payload = text;
    view.payee = text.substr(0, text.size() / 2);
    switch (which % 8) {
    case 0: return drivers::rcall_protocol().show_qr(view);
    case 1: return drivers::rcall_protocol().heartbeat();
    case 2: return drivers::bonrix_protocol().show_qr(view);
    case 3: return drivers::escpos_printer_protocol().heartbeat();
    case 4: return drivers::escpos_printer_protocol().show_qr(view);
    case 5: return drivers::line_display_protocol(drivers::cd5220()).show_text(text, view.payee);
    case 6: return drivers::line_display_protocol(drivers::epson_dm_d()).show_text(view.payee, text);
    default: {
        drivers::step version;
        version.answer.form = drivers::expected_answer::shape::block;
        version.answer.size = 19;
        version.answer.timeout = std::chrono::milliseconds{10};
        return drivers::step_list{version};
    }
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const byte_view input(data + 2, size - 2);
    static_cast<void>(drivers::weact_version(input));
    static_cast<void>(drivers::escpos_printer_protocol().identity(input));
    static_cast<void>(drivers::bonrix_protocol().identity(input));
    static_cast<void>(drivers::rcall_protocol().identity(input));
    auto steps = steps_for(data[0], as_text(input));
    if (!steps) steps = steps_for(data[0], "code");
    drivers::step_exchange machine(*std::move(steps),
        (data[0] & 0x80U) != 0 ? drivers::step_exchange::start::after_failure : drivers::step_exchange::start::clean);
    const std::size_t piece = 1 + data[1];
    auto next = machine.resume({});
    std::size_t at = 0;
    for (int count = 0; next.what != net::action::kind::done && count < 10'000; ++count) {
        if (next.what == net::action::kind::send) {
            next = machine.resume({net::event::kind::sent, {}, {}});
        } else if (next.what == net::action::kind::receive && at < input.size()) {
            const auto part = input.subspan(at, std::min(piece, input.size() - at));
            at += part.size();
            next = machine.resume({net::event::kind::received, part, {}});
        } else {
            next = machine.resume({net::event::kind::expired, {}, {}});
        }
    }
    static_cast<void>(machine.take());
    return 0;
}
