#include "card/terminal_serial.hpp"

#include "host/request.hpp"
#include "lane/opened_pinpad.hpp"

#include <cipherlane/core/base64.hpp>
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

/// What the block says, whatever carries it.
result<iso8583::terminal_serial_block> block_of(lane_core& on, std::string_view number, const call& bounds) {
    const auto& wanted = on.settings().serial_block;
    iso8583::terminal_serial_block block;
    block.device_type = wanted.device_type;
    block.serial = on.settings().block_serial();
    block.version = wanted.version;
    block.version_fill = wanted.filled_with == version_fill::zeros ? '0' : ' ';
    block.licence = wanted.licence;
    const auto factor = factor_of(number);
    const auto made = factor.empty()
                          ? result<ports::serial_cryptogram>(
                                flow_error(acquiring_errc::bad_request, "terminal serial").in_field("factor"))
                          : make_cryptogram(on, factor, bounds);
    if (!made && wanted.without_key == without_serial_key::refuses) return made.error();
    if (made) block.cryptogram = as_text(*made);
    if (!made && !factor.empty() && wanted.without_key == without_serial_key::blanks) block.cryptogram.assign(8, ' ');
    if (!block.cryptogram.empty()) block.factor = factor;
    return iso8583::filled_terminal_serial(std::move(block));
}

std::optional<iso8583::terminal_serial_form> form_of(serial_carrier carrier) noexcept {
    using form = iso8583::terminal_serial_form;
    switch (carrier) {
    case serial_carrier::field57: return form::field57;
    case serial_carrier::field59: return form::field59;
    case serial_carrier::field62: return form::field62;
    case serial_carrier::none:
    case serial_carrier::json:
    case serial_carrier::json_base64: break;
    }
    return std::nullopt;
}

} // namespace

result<std::string> terminal_serial_block(lane_core& on, std::string_view number, const call& bounds) {
    const auto form = form_of(on.settings().serial_block.carrier);
    if (!form) return std::string();
    CIPHERLANE_TRY(const auto block, block_of(on, number, bounds));
    return iso8583::write_terminal_serial(block, *form);
}

result<std::optional<ports::charge_serial>> charge_serial(
    lane_core& on, const ports::qr_gateway& gateway, std::string_view number, const call& bounds) {
    const auto carrier = on.settings().serial_block.carrier;
    if (!is_json(carrier) || !gateway.takes_serial_block()) return std::optional<ports::charge_serial>();
    CIPHERLANE_TRY(auto block, block_of(on, number, bounds));
    ports::charge_serial told;
    told.serial = std::move(block.serial);
    told.factor = std::move(block.factor);
    told.cryptogram =
        carrier == serial_carrier::json ? std::move(block.cryptogram) : to_base64(as_bytes(block.cryptogram));
    told.version = std::move(block.version);
    return std::optional(std::move(told));
}

std::string without_card_digits(std::string block, std::string_view number) {
    for (const std::string_view head : {"03006", "06006", "0606"}) { // tag and length in fields 59, 57 and 62
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
