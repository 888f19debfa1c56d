#include <cipherlane/acquiring/errc.hpp>
#include <cipherlane/acquiring/terminal_settings.hpp>
#include <cipherlane/core/digits.hpp>
#include <cipherlane/core/hex.hpp>

#include <algorithm>
#include <sstream>

namespace cipherlane::acquiring {
namespace {

bool digits(std::string_view text, std::size_t count) {
    return text.size() == count && all_digits(text);
}

bool letters_and_digits(std::string_view text) {
    return std::all_of(text.begin(), text.end(),
        [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); });
}

bool address(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos || colon == 0) return false;
    const auto port = text.substr(colon + 1);
    return !port.empty() && port.size() <= 5 && digits(port, port.size()) && std::stoi(std::string(port)) <= 65535;
}

bool tag_list(const std::string& text) {
    std::istringstream words(text);
    for (std::string tag; words >> tag;) {
        if (tag.size() < 2 || tag.size() > 8 || tag.size() % 2 != 0) return false;
        if (std::any_of(tag.begin(), tag.end(), [](char c) { return hex_value(c) < 0; })) return false;
    }
    return true;
}

bool positive(std::chrono::milliseconds span) {
    return span.count() > 0 && span <= std::chrono::hours(1);
}

struct rule {
    std::string_view path;
    bool kept;
};

} // namespace

result<void> terminal_settings::validate() const {
    const rule rules[] = {
        // Letters and digits alone: the number is part of the orders at the gateway.
        {"terminal.id", terminal_id.size() == 8 && letters_and_digits(terminal_id)},
        {"terminal.merchant", merchant_id.size() == 15 && letters_and_digits(merchant_id)},
        {"terminal.name", merchant_name.size() <= 100},
        {"terminal.operator", !operator_id.empty() && operator_id.size() <= 3},
        {"terminal.serial", serial_number.size() <= 64},
        {"terminal.reader", std::string_view("0256").find(reader_capability) != std::string_view::npos},
        {"terminal.currency", find_currency(unit.number).has_value()},
        {"terminal.currency_decimals", find_currency(unit.number) == unit},
        {"keys.master_slot", keys.master_slot >= 0 && keys.master_slot <= 99},
        {"keys.sign_in_code", digits(keys.sign_in_code, 3)},
        {"host.address", address(host.address)},
        {"host.tpdu", digits(host.tpdu, 10) && host.tpdu.starts_with("60")},
        {"host.header", digits(host.header, 12)},
        {"host.connect_timeout_ms", positive(host.connect_timeout)},
        {"host.response_time_ms", positive(host.response_time)},
        {"timers.card_ms", positive(timers.card)},
        {"timers.pin_ms", positive(timers.pin)},
        {"timers.device_ms", positive(timers.device)},
        {"timers.journal_ms", positive(timers.journal)},
        {"reversal.sends", reversal.sends >= 1 && reversal.sends <= 10},
        {"reversal.emv_tags", tag_list(reversal.emv_tags)},
        {"settlement.erase_cards_after_days", settlement.erase_cards_after_days <= 3650},
        {"journal.file", !journal.file.empty()},
        {"gateway.address", gateway.address.empty() || address(gateway.address)},
        {"gateway.notify_address", gateway.notify_address.empty() || address(gateway.notify_address)},
        {"gateway.code_valid_seconds", gateway.code_valid.count() >= 30 && gateway.code_valid.count() <= 7200},
        {"gateway.poll_ms", positive(gateway.poll)},
        {"gateway.response_time_ms", positive(gateway.response_time)},
    };
    for (const auto& one : rules) {
        if (!one.kept) {
            return error(acquiring_errc::bad_settings, layer::acquiring).during("settings").in_field(one.path);
        }
    }
    if (sealer != sealer_kind::software) {
        return error(acquiring_errc::sealer_not_built, layer::acquiring).during("settings").in_field("sealer.kind");
    }
    return {};
}

} // namespace cipherlane::acquiring
