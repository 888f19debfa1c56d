#include "idle_settings.hpp"

#include "settings_checks.hpp"

#include <algorithm>
#include <span>

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

constexpr auto has_fee = [](const auto& one) { return one.fee_ppm != 0 || one.fee_minor != 0; };

bool names_fees(const till_settings& all) {
    return has_fee(all.host) || std::any_of(all.other_hosts.begin(), all.other_hosts.end(), has_fee);
}

/// Whether a gateway says something that rules alone look at.
bool is_for_rules(const till_settings::gateway_place& one) {
    const till_settings::gateway_place usual;
    return one.pays != usual.pays || one.payer_grade != usual.payer_grade || one.takes_credit != usual.takes_credit;
}

constexpr auto no_setting = till_errc::missing_setting;
constexpr auto wrong_setting = till_errc::bad_setting;
constexpr std::string_view for_a_driver = "a driver, as there are settings for one";
constexpr std::string_view for_takers = "a field, as no gateway is of the kind cipherlane, which takes it in JSON";
constexpr std::string_view for_a_link = "HOST:PORT, as there are settings for a link";

result<void> keep_all(std::span<const rule> rules) {
    for (const auto& one : rules) {
        if (!one.kept) return broken(one.fault, one.key, one.expected);
    }
    return {};
}

} // namespace

result<void> refuse_idle(const till_settings& all) {
    const bool carries_block = std::any_of(all.terminals.begin(), all.terminals.end(),
        [](const auto& one) { return one.serial_block.carrier != acquiring::serial_carrier::none; });
    const auto gateways = all.gateways();
    // Without one in the settings it may be given: then it is asked whether it takes the block.
    const bool no_taker = !gateways.empty() && std::none_of(gateways.begin(), gateways.end(), [](const auto& one) {
        return one.kind == gateway_kind::cipherlane;
    });
    const bool for_a_taker = std::any_of(all.terminals.begin(), all.terminals.end(),
        [](const auto& one) { return is_json(one.serial_block.carrier); });
    const auto plain_fits = [](const till_settings::card_terminal_place& one) {
        return !one.plain_payment || one.driver == "ecr17";
    };
    const rule rules[] = {
        {"pinpad.driver", no_setting, is_whole(all.pinpad, all.pinpad.driver), for_a_driver},
        {"card_terminal.driver", no_setting, is_whole(all.card_terminal, all.card_terminal.driver), for_a_driver},
        {"card_terminal.plain_payment", wrong_setting,
            plain_fits(all.card_terminal) &&
                std::all_of(all.more_card_terminals.begin(), all.more_card_terminals.end(), plain_fits),
            "false, as the driver is not ecr17"},
        {"card_terminal.host.address", no_setting, is_whole(all.card_terminal.host, all.card_terminal.host.address),
            for_a_link},
        {"display.driver", no_setting, is_whole(all.display, all.display.driver), for_a_driver},
        {"printer.driver", no_setting, is_whole(all.printer, all.printer.driver), for_a_driver},
        {"scanner.driver", no_setting, is_whole(all.scanner, all.scanner.driver), for_a_driver},
        {"host.address", no_setting, is_whole(all.host, all.host.address), for_a_link},
        {"routing.terminals", no_setting,
            !all.routing.terminals.empty() || !all.routing.gateways.empty() ||
                all.routing == till_settings::routing_place(),
            "the terminals that are chosen among, as there are settings for it; or routing.gateways"},
        {"routing.terminals", no_setting, !all.routing.terminals.empty() || !names_fees(all),
            "the terminals that are chosen among, as hosts have fees"},
        {"routing.gateways", no_setting,
            !all.routing.gateways.empty() || std::none_of(gateways.begin(), gateways.end(), has_fee),
            "the gateways that are chosen among, as they have fees"},
        {"clerks.file", no_setting, is_whole(all.clerks, all.clerks.file),
            "the operators, as there is a file for shifts"},
        {"rules.file", no_setting,
            is_whole(all.rules, all.rules.file) &&
                (!all.rules.file.empty() || std::none_of(gateways.begin(), gateways.end(), is_for_rules)),
            "the rules, as there are settings for them"},
        {"risk.address", no_setting,
            !all.risk.address.empty() ||
                (!all.risk.tls.on && !all.risk.plain_anywhere && all.risk.path == till_settings::risk_place().path),
            for_a_link},
        {"risk.plain_anywhere", wrong_setting, !(all.risk.plain_anywhere && all.risk.tls.on),
            "false, as there is TLS"},
        {"serial_block.carrier", wrong_setting, !(for_a_taker && no_taker), for_takers},
        {"sealer.serial_key_file", wrong_setting, carries_block || all.sealer.serial_key_file.empty(),
            "nothing, as serial_block.carrier is none"},
    };
    return keep_all(rules);
}

result<void> refuse_idle(const till_settings::gateway_place& gateway) {
    const till_settings::gateway_place usual;
    const bool is_own = gateway.kind == gateway_kind::cipherlane;
    const bool names_keys = !gateway.merchant_key_file.empty() || !gateway.notify_url.empty();
    const bool fits_kind = (gateway.kind == gateway_kind::wechat || gateway.wechat == usual.wechat) &&
                           (gateway.kind == gateway_kind::alipay || gateway.alipay == usual.alipay) &&
                           (gateway.kind == gateway_kind::unionpay || gateway.unionpay == usual.unionpay) &&
                           (gateway.kind == gateway_kind::netpay || gateway.netpay == usual.netpay) &&
                           (!is_own || !names_keys);
    const bool notified_elsewhere = gateway.notify_address != usual.notify_address && !gateway.notify_address.empty();
    const rule rules[] = {
        {"gateway.address", no_setting, is_whole(gateway, gateway.address), for_a_link},
        {"gateway.plain_anywhere", wrong_setting, !(gateway.plain_anywhere && gateway.tls.on),
            "false, as there is TLS"},
        {"gateway.kind", wrong_setting, fits_kind, "the one whose settings are there"},
        {"gateway.earlier_addresses", wrong_setting, is_own || gateway.earlier_addresses.empty(),
            "nothing: of this kind the merchant's number stays"},
        {"gateway.public_key_file", no_setting, !is_own || !notified_elsewhere || !gateway.public_key_file.empty(),
            "the gateway's key, as there is an address for its notifications"},
        {"gateway.public_key_file", wrong_setting,
            !is_own || !gateway.notify_address.empty() || gateway.public_key_file.empty(),
            "nothing, as gateway.notify_address is empty"},
    };
    return keep_all(rules);
}

} // namespace cipherlane
