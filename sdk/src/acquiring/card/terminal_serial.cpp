#include "card/terminal_serial.hpp"

#include "host/request.hpp"
#include "lane/opened_pinpad.hpp"

#include <cipherlane/core/digits.hpp>
#include <cipherlane/iso8583/terminal_serial.hpp>

#include <algorithm>

namespace cipherlane::acquiring {
namespace {

constexpr std::size_t factor_digits = 6;

/// Empty where the number does not end so: a payment code may have letters.
std::string_view factor_of(std::string_view number) {
    const auto factor = number.substr(number.size() - std::min(number.size(), factor_digits));
    return factor.size() == factor_digits && all_digits(factor) ? factor : std::string_view();
}

void note_cryptogram(lane_core& on, party by, const result<ports::serial_cryptogram>& made) {
    if (by != party::pinpad) return;
    timeline_entry entry;
    entry.from = party::till;
    entry.to = by;
    entry.what = "terminal serial";
    entry.result = made ? "cryptogram" : made.error().code().message();
    on.note(std::move(entry));
}

result<ports::serial_cryptogram> make_cryptogram(lane_core& on, std::string_view factor, const call& bounds) {
    const auto& serial = on.settings().block_serial();
    const auto within = bounds.no_later_than(on.settings().timers.device);
    if (const auto pad = on.pinpad(); pad && (*pad)->makes_serial_cryptogram()) {
        CIPHERLANE_TRY(auto* const opened, opened_pinpad(on, bounds));
        auto made = opened->make_serial_cryptogram(serial, factor, within);
        if (!made) note_pinpad_failure(on, made.error());
        note_cryptogram(on, party::pinpad, made);
        return made;
    }
    CIPHERLANE_TRY(auto* const sealer, on.sealer());
    if (!sealer->makes_serial_cryptogram()) return flow_error(acquiring_errc::no_device, "terminal serial");
    return sealer->make_serial_cryptogram(serial, factor, within);
}

} // namespace

result<std::string> terminal_serial_block(lane_core& on, std::string_view number, const call& bounds) {
    const auto& wanted = on.settings().serial_block;
    if (wanted.carrier == serial_carrier::none) return std::string();
    iso8583::terminal_serial_block block;
    block.device_type = wanted.device_type;
    block.serial = on.settings().block_serial();
    block.version = wanted.version;
    const auto form = wanted.carrier == serial_carrier::field59 ? iso8583::terminal_serial_form::field59
                                                                : iso8583::terminal_serial_form::field62;
    if (form == iso8583::terminal_serial_form::field62) block.licence = wanted.licence;
    const auto factor = factor_of(number);
    const auto made = factor.empty()
                          ? result<ports::serial_cryptogram>(
                                flow_error(acquiring_errc::bad_request, "terminal serial").in_field("factor"))
                          : make_cryptogram(on, factor, bounds);
    if (!made && wanted.without_key == without_serial_key::refuses) return made.error();
    if (made) block.cryptogram = as_text(*made);
    if (!made && !factor.empty() && wanted.without_key == without_serial_key::blanks) block.cryptogram.assign(8, ' ');
    if (!block.cryptogram.empty()) block.factor = factor;
    return iso8583::write_terminal_serial(block, form);
}

std::string without_card_digits(std::string block, std::string_view number) {
    for (const std::string_view head : {"03006", "0606"}) { // tag and length in fields 59 and 62
        std::string element(head);
        element.append(factor_of(number));
        const auto at = block.rfind(element);
        if (at == std::string::npos || element.size() == head.size()) continue;
        block.replace(at + head.size(), hidden_factor.size(), hidden_factor);
        break;
    }
    return block;
}

} // namespace cipherlane::acquiring
