#include "idle_settings.hpp"

#include <cipherlane/till/errc.hpp>

#include <algorithm>

namespace cipherlane {
namespace {

struct rule {
    std::string_view key;
    till_errc fault;
    bool kept;
    std::string_view expected;
};

/// Whether a table says nothing, or has what all else in it is about.
template <class Place>
bool is_whole(const Place& place, const std::string& subject) {
    return !subject.empty() || place == Place();
}

} // namespace

result<void> refuse_idle(const till_settings& all) {
    constexpr auto missing = till_errc::missing_setting;
    constexpr auto bad = till_errc::bad_setting;
    constexpr std::string_view a_driver = "a driver, as there are settings for one";
    constexpr std::string_view an_address = "HOST:PORT, as there are settings for a link";
    const auto& gateway = all.gateway;
    const till_settings::gateway_place usual;
    const bool is_own = gateway.kind == gateway_kind::cipherlane;
    const bool names_keys = !gateway.merchant_key_file.empty() || !gateway.notify_url.empty();
    const bool fits_kind = (gateway.kind == gateway_kind::wechat || gateway.wechat == usual.wechat) &&
                           (gateway.kind == gateway_kind::alipay || gateway.alipay == usual.alipay) &&
                           (gateway.kind == gateway_kind::unionpay || gateway.unionpay == usual.unionpay) &&
                           (gateway.kind == gateway_kind::netpay || gateway.netpay == usual.netpay) &&
                           (!is_own || !names_keys);
    const bool notified_elsewhere = gateway.notify_address != usual.notify_address && !gateway.notify_address.empty();
    const bool carries_block = std::any_of(all.terminals.begin(), all.terminals.end(),
        [](const auto& one) { return one.serial_block.carrier != acquiring::serial_carrier::none; });
    const rule rules[] = {
        {"pinpad.driver", missing, is_whole(all.pinpad, all.pinpad.driver), a_driver},
        {"card_terminal.driver", missing, is_whole(all.card_terminal, all.card_terminal.driver), a_driver},
        {"card_terminal.host.address", missing, is_whole(all.card_terminal.host, all.card_terminal.host.address),
            an_address},
        {"display.driver", missing, is_whole(all.display, all.display.driver), a_driver},
        {"printer.driver", missing, is_whole(all.printer, all.printer.driver), a_driver},
        {"scanner.driver", missing, is_whole(all.scanner, all.scanner.driver), a_driver},
        {"host.address", missing, is_whole(all.host, all.host.address), an_address},
        {"gateway.address", missing, is_whole(gateway, gateway.address), an_address},
        {"clerks.file", missing, is_whole(all.clerks, all.clerks.file),
            "the operators, as there is a file for shifts"},
        {"rules.file", missing, is_whole(all.rules, all.rules.file), "the rules, as there are settings for them"},
        {"risk.address", missing,
            !all.risk.address.empty() ||
                (!all.risk.tls.on && !all.risk.plain_anywhere && all.risk.path == till_settings::risk_place().path),
            an_address},
        {"risk.plain_anywhere", bad, !(all.risk.plain_anywhere && all.risk.tls.on), "false, as there is TLS"},
        {"gateway.plain_anywhere", bad, !(gateway.plain_anywhere && gateway.tls.on), "false, as there is TLS"},
        {"gateway.kind", bad, fits_kind, "the one whose settings are there"},
        {"gateway.public_key_file", missing, !is_own || !notified_elsewhere || !gateway.public_key_file.empty(),
            "the gateway's key, as there is an address for its notifications"},
        {"gateway.public_key_file", bad,
            !is_own || !gateway.notify_address.empty() || gateway.public_key_file.empty(),
            "nothing, as gateway.notify_address is empty"},
        {"sealer.serial_key_file", bad, carries_block || all.sealer.serial_key_file.empty(),
            "nothing, as serial_block.carrier is none"},
    };
    for (const auto& one : rules) {
        if (!one.kept)
            return error(one.fault, layer::till)
                .during("settings")
                .in_field(one.key)
                .with_hint("expected " + std::string(one.expected));
    }
    return {};
}

} // namespace cipherlane
