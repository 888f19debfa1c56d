#include "idle_settings.hpp"
#include "payment_codes.hpp"

#include <cipherlane/core/digits.hpp>
#include <cipherlane/drivers/display/display_family.hpp>
#include <cipherlane/drivers/escpos/escpos_model.hpp>
#include <cipherlane/drivers/pinpad/pinpad_family.hpp>
#include <cipherlane/drivers/printer/printer_family.hpp>
#include <cipherlane/drivers/scanner/scanner_family.hpp>
#include <cipherlane/drivers/terminal/terminal_family.hpp>
#include <cipherlane/drivers/transport/address.hpp>
#include <cipherlane/hostlink/certification_trace.hpp>
#include <cipherlane/hsm/pos_mac.hpp>
#include <cipherlane/hsm/profile.hpp>
#include <cipherlane/net/tcp.hpp>
#include <cipherlane/store/postgres_journal.hpp>
#include <cipherlane/till/errc.hpp>
#include <cipherlane/till/till_settings.hpp>

#include <algorithm>
#include <array>
#include <set>
#include <span>
#include <utility>

namespace cipherlane {
namespace {

error broken(till_errc what, std::string_view key, std::string_view expected) {
    return error(what, layer::till).during("settings").in_field(key).with_hint("expected " + std::string(expected));
}

/// A peer's address, with a port that something can be at.
bool is_peer(const std::string& text) {
    const auto where = net::parse_endpoint(text);
    return where && where->port != 0;
}

/// A peer, the address that it has now and those that it had.
struct addresses_of {
    std::string_view name;
    const std::string& now;
    const std::vector<std::string>& earlier;
};

/// Addresses of before belong to one peer each, else what went there would be asked of the first that claims it; and
/// one that nobody can have been at finds nothing.
result<void> check_earlier(std::span<const addresses_of> peers, std::string_view key) {
    std::set<std::string_view> taken;
    for (const auto& one : peers)
        taken.insert(one.now);
    for (const auto& one : peers) {
        const auto bad = [&](std::string_view expected) {
            return broken(till_errc::bad_setting, key, expected).at_endpoint(one.name);
        };
        for (const auto& address : one.earlier) {
            if (!is_peer(address)) return bad("HOST:PORT of each");
            if (!taken.insert(address).second) return bad("addresses that no other has or had, nor it has now");
        }
    }
    return {};
}

bool positive(std::chrono::milliseconds span) {
    return span.count() > 0 && span <= std::chrono::hours(1);
}

result<void> check_trace(const till_settings::trace_place& trace) {
    if (trace.file.empty() && !trace.test_cards.empty())
        return broken(till_errc::missing_setting, "trace.file", "the name of a file, as there are cards for it");
    const hostlink::certification_trace_settings made{trace.file, trace.test_cards};
    if (!trace.file.empty() && !made.validate())
        return broken(till_errc::bad_setting, "trace.test_cards", "numbers of 12 to 19 digits");
    return {};
}

/// Who trusts somebody or shows a certificate means TLS.
bool has_files(const till_tls_files& tls) {
    return tls != till_tls_files();
}

template <class Row>
std::string names_of(std::span<const Row> families) {
    std::string names;
    for (const auto& family : families)
        names.append(names.empty() ? "" : ", ").append(family.name);
    return names;
}

/// What is given for a device, and cannot be of use with it.
template <class Row>
result<void> check_device(
    const till_settings::device_place& place, const std::string& table, std::span<const Row> families) {
    const auto* family = drivers::find_driver(families, place.driver);
    if (!place.driver.empty() && family == nullptr)
        return broken(till_errc::bad_setting, table + ".driver", "one of " + names_of(families));
    if (!place.driver.empty() && place.path.empty())
        return broken(till_errc::missing_setting, table + ".path", "where the device is");
    if (has_files(place.tls) && !drivers::device_address::wants_tls(place.path))
        return broken(till_errc::bad_setting, table + ".path", "tls:HOST:PORT, as there are files for it");
    if (family != nullptr) {
        if (const auto where = family->address(place.path); !where) {
            const std::string why(where.error().hint());
            return broken(till_errc::bad_setting, table + ".path", "an address of the driver; " + why);
        }
    }
    return {};
}

/// "gbk", "ascii" or a page that the printer has.
result<void> check_make(const std::string& table, const std::string& make, const std::string& page) {
    const auto* model = drivers::find_escpos_model(make);
    if (model == nullptr)
        return broken(till_errc::bad_setting, table + ".printer", "one of " + names_of(drivers::escpos_models()));
    if (page.empty() || page == "gbk" || page == "ascii" || model->number_of(page)) return {};
    return broken(till_errc::bad_setting, table + ".code_page", "gbk, ascii or one of " + names_of(model->pages));
}

result<void> check_printer(const till_settings::printer_place& place) {
    CIPHERLANE_CHECK(check_device(place, "printer", drivers::printer_families()));
    if (place.drawer_pin != 2 && place.drawer_pin != 5)
        return broken(till_errc::bad_setting, "printer.drawer_pin", "2 or 5");
    return check_make("printer", place.printer, place.code_page);
}

/// A file belongs to the driver that reads it.
result<void> check_description(const till_settings::device_place& place, const std::string& file,
    const std::string& table, std::string_view reader = "described") {
    const bool reads = place.driver == reader;
    if (reads && file.empty())
        return broken(till_errc::missing_setting, table + ".description_file", "the description of this device");
    if (!reads && !file.empty())
        return broken(till_errc::bad_setting, table + ".description_file",
            "nothing, unless the driver is " + std::string(reader));
    return {};
}

/// What is given for another kind of display means nothing to this one, and what this one needs is there.
result<void> check_extras(const till_settings::display_place& place) {
    using extras = drivers::display_family::extras;
    const auto* family = drivers::find_display_family(place.driver);
    if (family == nullptr) return {};
    const till_settings::display_place usual;
    const auto heeds = family->heeds;
    constexpr std::string_view draws_nothing = "nothing, as this driver sends no pictures";
    constexpr std::string_view prints_nothing = "nothing, as this driver prints nothing";
    constexpr std::string_view no_plate = "nothing, unless the driver is code-plate";
    constexpr std::string_view no_speaker = "nothing, unless the driver is mqtt-speaker";
    const struct {
        std::string_view key;
        extras of;
        bool usual;
        std::string_view expected;
    } rows[] = {
        {"display.font_file", extras::font, place.font_file.empty(), draws_nothing},
        {"display.printer", extras::printer, place.printer == usual.printer, prints_nothing},
        {"display.code_page", extras::printer, place.code_page.empty(), prints_nothing},
        {"display.transliterate", extras::printer, !place.transliterate, prints_nothing},
        {"display.code", extras::printer, place.code == usual.code, prints_nothing},
        {"display.plates", extras::plate, place.plates.empty(), no_plate},
        {"display.plate_base", extras::plate, place.plate_base == usual.plate_base, no_plate},
        {"display.plate_code_path", extras::plate, place.plate_code_path == usual.plate_code_path, no_plate},
        {"display.plate_fixed_path", extras::plate, place.plate_fixed_path == usual.plate_fixed_path, no_plate},
        {"display.plate_fixed_code", extras::plate, place.plate_fixed_code.empty(), no_plate},
        {"display.topic", extras::speaker, place.topic.empty(), no_speaker},
        {"display.client_id", extras::speaker, place.client_id == usual.client_id, no_speaker},
        {"display.user", extras::speaker, place.user.empty(), no_speaker},
        {"display.password_file", extras::speaker, place.password_file.empty(), no_speaker},
    };
    for (const auto& one : rows) {
        if (one.of != heeds && !one.usual) return broken(till_errc::bad_setting, one.key, one.expected);
    }
    if (heeds == extras::plate && place.plates.empty())
        return broken(till_errc::missing_setting, "display.plates", "the number (IMEI) of each plate");
    if (heeds == extras::speaker && place.topic.empty())
        return broken(till_errc::missing_setting, "display.topic", "the speaker's topic, mostly its number (IMEI)");
    return {};
}

result<void> check_display(const till_settings::display_place& place) {
    CIPHERLANE_CHECK(check_device(place, "display", drivers::display_families()));
    CIPHERLANE_CHECK(check_description(place, place.description_file, "display"));
    CIPHERLANE_CHECK(check_extras(place));
    if (place.plate_base.empty() || place.plate_base.front() != '/')
        return broken(till_errc::bad_setting, "display.plate_base", "a path that begins with /");
    return check_make("display", place.printer, place.code_page);
}

/// How a host is reached; `table` is that of its settings.
result<void> check_link(const till_settings::host_place& host, const std::string& table) {
    const auto bad = [&](std::string_view key, std::string_view expected) {
        return broken(till_errc::bad_setting, table + "." + std::string(key), expected);
    };
    if (!host.address.empty() && !is_peer(host.address)) return bad("address", "HOST:PORT");
    if (!host.tls.on && has_files(host.tls)) return bad("tls", "true, as there are files for it");
    const bool path = host.http_path.empty() || host.http_path.front() == '/';
    if (!path || host.http_path.find_first_of(" \r\n") != std::string::npos)
        return bad("http_path", "nothing, or a path that begins with /");
    if (!host.http_path.empty() && host.keep_connection)
        return bad("keep_connection", "false, as each HTTP request has a connection of its own");
    if (!positive(host.connect_timeout)) return bad("connect_timeout_ms", "1 ms to an hour");
    if (!positive(host.response_time)) return bad("response_time_ms", "1 ms to an hour");
    return {};
}

/// What one of them is told for itself.
result<void> check_card_terminal(const till_settings::card_terminal_place& place) {
    CIPHERLANE_CHECK(check_device(place, "card_terminal", drivers::terminal_families()));
    CIPHERLANE_CHECK(check_link(place.host, "card_terminal.host"));
    if (place.driver.empty()) return {};
    const auto rows = drivers::terminal_families();
    const auto reader = std::find_if(rows.begin(), rows.end(), [](const auto& one) { return one.described; });
    return check_description(place, place.description_file, "card_terminal", reader->name);
}

/// Each terminal of several has one of its own: two that took money at one would take what became of the other's
/// payment for that of theirs.
result<void> check_choice(const till_settings& all) {
    const auto places = all.card_terminals();
    std::set<std::string_view> names;
    for (const auto& one : places) {
        if (places.size() > 1 && (one.name.empty() || !names.insert(one.name).second))
            return broken(till_errc::bad_setting, "card_terminal.name", "a name that no other card terminal has")
                .at_endpoint(one.name);
    }
    std::set<const till_settings::card_terminal_place*> taken;
    for (const auto& one : all.terminals) {
        const auto bad = [&](std::string_view expected) {
            return broken(till_errc::bad_setting, "terminal.card_terminal", expected).at_endpoint(one.terminal_id);
        };
        const auto* const place = all.card_terminal_of(one);
        if (place == nullptr) return bad("the name of a card terminal of the file");
        if (!taken.insert(place).second) return bad("a card terminal that no other terminal of the file has");
    }
    return {};
}

/// They stand in the host's place.
result<void> check_card_terminals(const till_settings& all) {
    CIPHERLANE_CHECK(check_card_terminal(all.card_terminal));
    for (const auto& one : all.more_card_terminals) {
        if (one.driver.empty())
            return broken(till_errc::missing_setting, "card_terminal.driver", "the protocol of each card terminal")
                .at_endpoint(one.name);
        if (const auto fits = check_card_terminal(one); !fits) return error(fits.error()).at_endpoint(one.name);
    }
    if (all.card_terminals().empty()) {
        for (const auto& one : all.terminals) {
            if (one.card_terminal.empty()) continue;
            return broken(till_errc::bad_setting, "terminal.card_terminal", "nothing, as the file has none")
                .at_endpoint(one.terminal_id);
        }
        return {};
    }
    if (!all.host.address.empty())
        return broken(till_errc::bad_setting, "host.address", "nothing, as a card terminal has a host of its own");
    constexpr std::string_view own = "nothing, as a card terminal has a PIN pad and keys of its own";
    if (!all.pinpad.driver.empty()) return broken(till_errc::bad_setting, "pinpad.driver", own);
    if (!all.sealer.key_file.empty()) return broken(till_errc::bad_setting, "sealer.key_file", own);
    return check_choice(all);
}

/// The PIN pad holds the keys, and nothing else does.
result<void> check_pinpad_sealer(const till_settings& all) {
    const auto& name = all.pinpad.driver;
    if (all.terminals.size() > 1)
        return broken(till_errc::bad_setting, "sealer.kind",
            "software or cipher-machine, as several terminals share the PIN pad");
    if (name.empty()) return {}; // the caller gives a PIN pad
    const auto* family = drivers::find_pinpad_family(name);
    if (family != nullptr && name != "described" && !family->can.mac)
        return broken(till_errc::not_built, "sealer.kind",
            "software or cipher-machine: the protocol of " + name + " has no MACs");
    for (const auto& [key, value] : {std::pair{"sealer.key_file", &all.sealer.key_file},
             std::pair{"sealer.serial_key_file", &all.sealer.serial_key_file}}) {
        if (!value->empty()) return broken(till_errc::bad_setting, key, "nothing, as the PIN pad has the keys");
    }
    if (!all.terminals.front().key_file.empty())
        return broken(till_errc::bad_setting, "terminal.key_file", "nothing, as the PIN pad has the keys");
    return {};
}

/// What is given for the sealer goes with its kind.
result<void> check_sealer(const till_settings& all) {
    const auto& place = all.sealer;
    const auto keys = all.terminals.front().keys.algorithm;
    if (!place.tls.on && has_files(place.tls))
        return broken(till_errc::bad_setting, "sealer.tls", "true, as there are files for it");
    if (place.kind != sealer_kind::cipher_machine) {
        constexpr std::string_view nothing = "nothing, unless the kind is cipher-machine";
        if (!place.address.empty()) return broken(till_errc::bad_setting, "sealer.address", nothing);
        if (!place.profile.empty()) return broken(till_errc::bad_setting, "sealer.profile", nothing);
        if (place.tls.on) return broken(till_errc::bad_setting, "sealer.tls", nothing);
        return place.kind == sealer_kind::pinpad ? check_pinpad_sealer(all) : result<void>();
    }
    if (place.address.empty())
        return broken(till_errc::missing_setting, "sealer.address", "where the cipher machine is, HOST:PORT");
    if (!is_peer(place.address)) return broken(till_errc::bad_setting, "sealer.address", "HOST:PORT");
    if (place.profile.empty())
        return broken(till_errc::missing_setting, "sealer.profile", "the unit's dialect, a name or FILE.toml");
    if (keys == acquiring::key_algorithm::tdes) return {};
    const auto dialect = hsm::profile::builtin(place.profile);
    if (dialect && !hsm::knows_sm4_keys(**dialect))
        return broken(till_errc::not_built, "keys.algorithm", "tdes, as the unit's dialect has no keys of SM4");
    return {};
}

} // namespace

till_settings without_devices(till_settings all) {
    if (all.sealer.kind != sealer_kind::pinpad) all.pinpad = {};
    all.display = {};
    all.printer = {};
    all.scanner = {};
    all.settlement.by_itself = false; // whoever stays does it
    return all;
}

till_settings without_card_terminals(till_settings all) {
    all.card_terminal = {};
    all.more_card_terminals.clear();
    for (auto& one : all.terminals)
        one.card_terminal.clear();
    return all;
}

till_settings books_alone(till_settings all) {
    all = without_devices(std::move(all));
    all.pinpad = {};
    all = without_card_terminals(std::move(all));
    all.host = {};
    all.other_hosts.clear();
    all.routing = {};
    for (auto& one : all.terminals)
        one.host_name.clear();
    all.gateway = {};
    all.more_gateways.clear();
    all.risk = {};
    return all;
}

const till_settings::host_place* till_settings::find_host(std::string_view name) const noexcept {
    if (name.empty() || name == host.name) return &host;
    const auto found = std::find_if(
        other_hosts.begin(), other_hosts.end(), [&](const host_place& place) { return place.name == name; });
    return found == other_hosts.end() ? nullptr : &*found;
}

bool till_settings::reaches_out() const {
    const auto elsewhere = [](const std::string& address) {
        const auto where = net::parse_endpoint(address);
        return where && !net::is_loopback(where->host);
    };
    const auto all = gateways();
    const auto places = card_terminals();
    const bool relayed = std::any_of(
        places.begin(), places.end(), [&](const card_terminal_place& one) { return elsewhere(one.host.address); });
    const bool other =
        std::any_of(other_hosts.begin(), other_hosts.end(), [&](const auto& one) { return elsewhere(one.address); });
    return elsewhere(host.address) || other || relayed ||
           std::any_of(all.begin(), all.end(), [&](const gateway_place& one) {
               return elsewhere(one.address) || elsewhere(one.wechat.second_address);
           });
}

namespace {

/// What a gateway is called, and whose payment codes it takes, where its settings leave that out.
struct gateway_usual {
    gateway_kind kind;
    std::string_view name;
    std::string_view takes; ///< empty: everybody's
};
constexpr std::array gateway_usuals{gateway_usual{gateway_kind::cipherlane, "cipherlane", ""},
    gateway_usual{gateway_kind::wechat, "wechat", "wechat"}, gateway_usual{gateway_kind::alipay, "alipay", "alipay"},
    gateway_usual{gateway_kind::unionpay, "unionpay", "unionpay"}, gateway_usual{gateway_kind::netpay, "netpay", ""}};

} // namespace

std::vector<till_settings::gateway_place> till_settings::gateways() const {
    std::vector<gateway_place> all;
    if (!gateway.address.empty()) all.push_back(gateway);
    all.insert(all.end(), more_gateways.begin(), more_gateways.end());
    for (auto& one : all) {
        const auto usual = std::find_if(gateway_usuals.begin(), gateway_usuals.end(),
            [&](const gateway_usual& row) { return row.kind == one.kind; });
        if (usual == gateway_usuals.end()) continue;
        if (one.name.empty()) one.name = usual->name;
        if (one.takes.empty() && !usual->takes.empty()) one.takes.emplace_back(usual->takes);
    }
    return all;
}

std::vector<till_settings::card_terminal_place> till_settings::card_terminals() const {
    std::vector<card_terminal_place> all;
    if (!card_terminal.driver.empty()) all.push_back(card_terminal);
    all.insert(all.end(), more_card_terminals.begin(), more_card_terminals.end());
    return all;
}

const till_settings::card_terminal_place* till_settings::card_terminal_of(const terminal& one) const noexcept {
    if (card_terminal.driver.empty()) return nullptr;
    if (one.card_terminal == card_terminal.name) return &card_terminal;
    if (one.card_terminal.empty() && more_card_terminals.empty()) return &card_terminal;
    const auto found = std::find_if(more_card_terminals.begin(), more_card_terminals.end(),
        [&](const card_terminal_place& place) { return place.name == one.card_terminal; });
    return found != more_card_terminals.end() ? &*found : nullptr;
}

std::string till_settings::journal_place::name() const {
    return store.empty() ? file : store::printable_address(store);
}

namespace {

struct wanted_key {
    std::string_view key;
    bool there;
    std::string_view expected;
};

template <std::size_t Size>
result<void> check_wanted(const std::array<wanted_key, Size>& all) {
    for (const auto& one : all)
        if (!one.there) return broken(till_errc::missing_setting, one.key, one.expected);
    return {};
}

/// What WeChat Pay cannot do without.
result<void> check_wechat(const till_settings::gateway_place& place) {
    const auto& of = place.wechat;
    CIPHERLANE_CHECK(check_wanted(std::array<wanted_key, 6>{{
        {"gateway.mchid", !of.mchid.empty(), "the merchant's number at WeChat Pay"},
        {"gateway.appid", !of.appid.empty(), "the application that the merchant's number is bound to"},
        {"gateway.serial", !of.serial.empty(), "the serial number of the merchant's certificate"},
        {"gateway.merchant_key_file", !place.merchant_key_file.empty(), "the merchant's private key"},
        {"gateway.api_key_file", !of.api_key_file.empty(), "the APIv3 key"},
        {"gateway.public_key_id", of.public_key_id.empty() == place.public_key_file.empty(),
            "the name of gateway.public_key_file, and neither without the other"},
    }}));
    if (!of.public_key_id.empty() && !of.public_key_id.starts_with("PUB_KEY_ID_"))
        return broken(till_errc::bad_setting, "gateway.public_key_id", "PUB_KEY_ID_…, whole");
    const auto peer = net::parse_endpoint(place.address);
    const bool live = peer && !net::is_loopback(peer->host); // a simulator takes any
    if (live && place.notify_url.empty() && !place.notify_address.empty())
        return broken(till_errc::missing_setting, "gateway.notify_url", "https://…, or notify_address = \"\"");
    if (live && !place.notify_url.empty() && !place.notify_url.starts_with("https://"))
        return broken(till_errc::bad_setting, "gateway.notify_url", "https://…, as WeChat Pay takes no other");
    if (of.second_address.empty() || is_peer(of.second_address)) return {};
    return broken(till_errc::bad_setting, "gateway.second_address", "HOST:PORT");
}

/// What Alipay cannot do without.
result<void> check_alipay(const till_settings::gateway_place& place) {
    const auto& of = place.alipay;
    const bool any =
        !of.app_certificate_file.empty() || !of.alipay_certificate_file.empty() || !of.root_certificates_file.empty();
    const bool all =
        !of.app_certificate_file.empty() && !of.alipay_certificate_file.empty() && !of.root_certificates_file.empty();
    CIPHERLANE_CHECK(check_wanted(std::array<wanted_key, 4>{{
        {"gateway.app_id", !of.app_id.empty(), "the application's number at Alipay"},
        {"gateway.seller_id", !of.seller_id.empty(), "the seller's number, 2088…"},
        {"gateway.merchant_key_file", !place.merchant_key_file.empty(), "the application's private key"},
        {"gateway.public_key_file", any || !place.public_key_file.empty(), "Alipay's key, or all three certificates"},
    }}));
    if (any != all)
        return broken(till_errc::missing_setting, "gateway.app_certificate_file", "all three certificates, or none");
    if (!any || place.public_key_file.empty()) return {};
    return broken(till_errc::bad_setting, "gateway.public_key_file", "nothing, as there are certificates");
}

/// Several hosts are told apart by their names, by which records know them.
result<void> check_hosts(const till_settings& all) {
    CIPHERLANE_CHECK(check_link(all.host, "host"));
    std::set<std::string_view> names{all.host.name};
    for (const auto& one : all.other_hosts) {
        if (const auto kept = check_link(one, "host"); !kept) return error(kept.error()).at_endpoint(one.name);
        if (one.address.empty() || all.host.address.empty())
            return broken(
                till_errc::missing_setting, "host.address", "HOST:PORT for each, as there are several hosts");
        if (one.name.empty() || all.host.name.empty())
            return broken(till_errc::missing_setting, "host.name", "a name for each, as there are several hosts");
        if (!names.insert(one.name).second)
            return broken(till_errc::bad_setting, "host.name", "a name that no other host of the file has")
                .at_endpoint(one.name);
    }
    for (const auto& one : all.terminals) {
        if (all.host_of(one) == nullptr)
            return broken(till_errc::bad_setting, "terminal.host", "the name of a host").at_endpoint(one.terminal_id);
    }
    std::vector<addresses_of> peers{{all.host.name, all.host.address, all.host.earlier_addresses}};
    for (const auto& one : all.other_hosts)
        peers.push_back({one.name, one.address, one.earlier_addresses});
    CIPHERLANE_CHECK(check_earlier(peers, "host.earlier_addresses"));
    const auto is_served = [&](const till_settings::host_place& host) {
        return std::any_of(
            all.terminals.begin(), all.terminals.end(), [&](const auto& one) { return all.host_of(one) == &host; });
    };
    for (const auto& one : all.other_hosts) {
        if (is_served(one) && is_served(all.host)) continue;
        const auto& idle = is_served(one) ? all.host : one;
        return broken(till_errc::missing_setting, "terminal.host", "a terminal of host " + idle.name);
    }
    return {};
}

result<void> check_routing(const till_settings& all) {
    const auto& place = all.routing;
    if (place.terminals.empty()) return {};
    const auto bad = [](std::string_view expected) {
        return broken(till_errc::bad_setting, "routing.terminals", expected);
    };
    if (place.terminals.size() < 2) return bad("two terminals or more");
    if (!all.journal.store.empty()) return bad("nothing, as other machines may use a key of journal.store meanwhile");
    if (place.how.first_trial > place.how.longest_trial)
        return broken(till_errc::bad_setting, "routing.longest_trial_ms", "no less than first_trial_ms");
    std::set<const till_settings::host_place*> hosts;
    const currency* unit = nullptr;
    for (const auto& name : place.terminals) {
        const auto found = std::find_if(
            all.terminals.begin(), all.terminals.end(), [&](const auto& one) { return one.terminal_id == name; });
        if (found == all.terminals.end()) return bad("terminals of this file");
        const auto* host = all.host_of(*found);
        if (host == nullptr || host->address.empty() || !hosts.insert(host).second)
            return bad("terminals of which each has another host");
        if (unit != nullptr && *unit != found->unit) return bad("terminals of one currency");
        unit = &found->unit;
    }
    return {};
}

/// Notices that a gateway on the network shall send need an address of which it is told.
result<void> check_notify_url(const till_settings::gateway_place& place) {
    const auto peer = net::parse_endpoint(place.address);
    const bool live = peer && !net::is_loopback(peer->host); // a simulator takes any
    if (!live || place.notify_address.empty() || !place.notify_url.empty()) return {};
    return broken(till_errc::missing_setting, "gateway.notify_url", "http(s)://…, or notify_address = \"\"");
}

/// What UnionPay cannot do without.
result<void> check_unionpay(const till_settings::gateway_place& place) {
    const auto& of = place.unionpay;
    CIPHERLANE_CHECK(check_wanted(std::array<wanted_key, 7>{{
        {"gateway.mer_id", !of.mer_id.empty(), "the merchant's number at UnionPay"},
        {"gateway.merchant_key_file", !place.merchant_key_file.empty(), "the key out of the signing certificate"},
        {"gateway.sign_certificate_file", !of.sign_certificate_file.empty(), "the signing certificate (签名证书)"},
        {"gateway.acp_root_file", !of.acp_root_file.empty(), "UnionPay's root certificate"},
        {"gateway.acp_owner", !of.acp_owner.empty(), "whose certificate answers come with"},
        {"gateway.sub_mer_name", of.sub_mer_name.empty() == of.sub_mer_id.empty(), "all three of sub_mer_…, or none"},
        {"gateway.sub_mer_abbr", of.sub_mer_abbr.empty() == of.sub_mer_id.empty(), "all three of sub_mer_…, or none"},
    }}));
    if (!place.public_key_file.empty())
        return broken(till_errc::bad_setting, "gateway.public_key_file", "nothing, as there are certificates");
    return check_notify_url(place);
}

/// What 银联商务 cannot do without.
result<void> check_netpay(const till_settings::gateway_place& place) {
    const auto& of = place.netpay;
    CIPHERLANE_CHECK(check_wanted(std::array<wanted_key, 6>{{
        {"gateway.netpay_app_id", !of.app_id.empty(), "the application's number at 银联商务"},
        {"gateway.netpay_app_key_file", !of.app_key_file.empty(), "the application's key"},
        {"gateway.mid", !of.mid.empty(), "the merchant's number"},
        {"gateway.tid", !of.tid.empty(), "the terminal's number"},
        {"gateway.source", !of.source.empty(), "the source in front of each number (来源编号)"},
        {"gateway.notice_key_file", !of.notice_key_file.empty() || place.notify_address.empty(),
            "the key of notices (通讯密钥), or notify_address = \"\""},
    }}));
    if (of.source.size() != 4) return broken(till_errc::bad_setting, "gateway.source", "4 characters");
    if (!place.merchant_key_file.empty())
        return broken(till_errc::bad_setting, "gateway.merchant_key_file", "nothing, as netpay_app_key_file signs");
    if (!place.public_key_file.empty())
        return broken(till_errc::bad_setting, "gateway.public_key_file", "nothing, as answers are not signed");
    const auto peer = net::parse_endpoint(place.address);
    if (!place.tls.on && peer && !net::is_loopback(peer->host))
        return broken(till_errc::bad_setting, "gateway.tls", "true, as nothing else proves an answer");
    return check_notify_url(place);
}

result<void> check_kind(const till_settings::gateway_place& place) {
    switch (place.kind) {
    case gateway_kind::wechat: return check_wechat(place);
    case gateway_kind::alipay: return check_alipay(place);
    case gateway_kind::unionpay: return check_unionpay(place);
    case gateway_kind::netpay: return check_netpay(place);
    case gateway_kind::cipherlane: break;
    }
    return {};
}

/// UnionPay closes no code: one that another shall follow has to be over by itself, which it is so long before the
/// till's own waiting for it ends.
result<void> check_renewals(const till_settings& all, const till_settings::gateway_place& place) {
    if (place.kind != gateway_kind::unionpay) return {};
    for (const auto& one : all.terminals) {
        const auto most = std::min<std::chrono::seconds>(std::chrono::seconds(30), one.gateway.code_valid / 4) / 3;
        if (one.qr.most_codes > 1 && one.qr.renew_before > most)
            return broken(till_errc::bad_setting, "qr.renew_before_seconds",
                "at most " + std::to_string(most.count()) + ", as UnionPay closes no code, or most_codes = 1");
    }
    return {};
}

result<void> check_gateway(const till_settings& all, const till_settings::gateway_place& place) {
    CIPHERLANE_CHECK(refuse_idle(place));
    const auto bad = [](std::string_view key, std::string_view expected) {
        return broken(till_errc::bad_setting, key, expected);
    };
    if (!place.tls.on && has_files(place.tls)) return bad("gateway.tls", "true, as there are files for it");
    if (!place.address.empty() && !is_peer(place.address)) return bad("gateway.address", "HOST:PORT");
    if (!place.notify_address.empty() && !net::parse_endpoint(place.notify_address))
        return bad("gateway.notify_address", "HOST:PORT");
    for (const auto& word : place.takes)
        if (!payment_code_of(word) && (word != no_payment_codes || place.takes.size() != 1))
            return bad("gateway.takes", "words of wechat, alipay, unionpay, or none alone");
    if (place.kind == gateway_kind::cipherlane || place.address.empty()) return {};
    CIPHERLANE_CHECK(check_kind(place));
    CIPHERLANE_CHECK(check_renewals(all, place));
    for (const auto& one : all.terminals)
        if (one.qr.codes == acquiring::code_source::emv)
            return bad("qr.codes", "gateway, as this gateway makes its own codes");
    return {};
}

/// Those of the SDK's own interface, which alone are known by their addresses.
result<void> check_earlier_gateways(const till_settings& all) {
    std::vector<addresses_of> peers;
    const auto add = [&](const till_settings::gateway_place& one) {
        if (one.kind == gateway_kind::cipherlane) peers.push_back({one.name, one.address, one.earlier_addresses});
    };
    add(all.gateway);
    for (const auto& one : all.more_gateways)
        add(one);
    return check_earlier(peers, "gateway.earlier_addresses");
}

/// Each gateway, then what would make two of them one. What is wrong names its gateway (`error::endpoint`).
result<void> check_gateways(const till_settings& all) {
    CIPHERLANE_CHECK(check_gateway(all, all.gateway));
    CIPHERLANE_CHECK(check_earlier_gateways(all));
    if (all.more_gateways.empty()) return {};
    if (all.gateway.address.empty())
        return broken(till_errc::missing_setting, "gateway.address", "HOST:PORT of each gateway");
    std::set<std::string> names;
    std::set<std::string> doors;
    std::set<std::string> codes;
    bool takes_the_rest = false;
    for (const auto& one : all.gateways()) {
        const auto bad = [&](std::string_view key, std::string_view expected) {
            return broken(till_errc::bad_setting, key, expected).at_endpoint(one.name);
        };
        if (const auto fits = check_gateway(all, one); !fits) return error(fits.error()).at_endpoint(one.name);
        if (one.address.empty())
            return broken(till_errc::missing_setting, "gateway.address", "HOST:PORT").at_endpoint(one.name);
        if (!names.insert(one.name).second)
            return bad("gateway.name", "a name that no other gateway of the file has");
        const auto door = net::parse_endpoint(one.notify_address);
        if (door && door->port != 0 && !doors.insert(one.notify_address).second)
            return bad("gateway.notify_address", "an address that no other gateway of the file has");
        for (const auto& word : one.takes)
            if (word != no_payment_codes && !codes.insert(word).second)
                return bad("gateway.takes", "codes that no other gateway of the file takes");
        if (one.takes.empty() && std::exchange(takes_the_rest, true))
            return bad("gateway.takes", "words of its own or none, as another gateway takes all the rest");
    }
    return {};
}

} // namespace

result<void> till_settings::validate() const {
    if (terminals.empty()) return broken(till_errc::missing_setting, "terminal", "a table [terminal]");
    std::set<std::string_view> names;
    for (const auto& one : terminals) {
        CIPHERLANE_CHECK(one.validate());
        if (!names.insert(one.terminal_id).second) {
            return broken(till_errc::bad_setting, "terminal.id", "a name that no other terminal of the file has")
                .at_endpoint(one.terminal_id);
        }
    }
    const auto bad = [](std::string_view key, std::string_view expected) {
        return broken(till_errc::bad_setting, key, expected);
    };
    CIPHERLANE_CHECK(refuse_idle(*this));
    CIPHERLANE_CHECK(check_hosts(*this));
    CIPHERLANE_CHECK(check_routing(*this));
    CIPHERLANE_CHECK(check_gateways(*this));
    if (settlement.by_itself && terminals.front().settlement.remind_at.empty())
        return broken(till_errc::missing_setting, "settlement.remind_at", "HH:MM, as settlement.by_itself is true");
    CIPHERLANE_CHECK(check_device(pinpad, "pinpad", drivers::pinpad_families()));
    CIPHERLANE_CHECK(check_description(pinpad, pinpad.description_file, "pinpad"));
    CIPHERLANE_CHECK(check_card_terminals(*this));
    CIPHERLANE_CHECK(check_display(display));
    CIPHERLANE_CHECK(check_printer(printer));
    CIPHERLANE_CHECK(check_device(scanner, "scanner", drivers::scanner_families()));
    if (scanner.driver == "hid-pos" && scanner.end != drivers::scan_end::cr_or_lf)
        return bad("scanner.end", "nothing, as each report of a hid-pos scanner says where a code ends");
    if (!journal.store.empty() && !store::check_postgres_address(journal.store))
        return bad("journal.store", "postgresql://USER@HOST[:PORT][,HOST]/DATABASE[?WORD=VALUE], with libpq's words");
    if (!journal.store.empty() && !journal.mark_file.empty())
        return bad("journal.mark_file", "nothing, as the database of journal.store remembers for itself");
    if (journal.file.empty()) return bad("journal.file", "the name of a file");
    if (journal.key_file.empty()) return bad("journal.key_file", "the name of a file");
    if (!rules.category.empty() && (rules.category.size() != 4 || !all_digits(rules.category)))
        return bad("rules.category", "4 digits (MCC)");
    if (!risk.address.empty() && !is_peer(risk.address)) return bad("risk.address", "HOST:PORT");
    if (!risk.tls.on && has_files(risk.tls)) return bad("risk.tls", "true, as there are files for it");
    if (risk.path.empty() || risk.path.front() != '/' || risk.path.find_first_of(" \r\n") != std::string::npos)
        return bad("risk.path", "a path that begins with /");
    if (!positive(risk.deadline)) return bad("risk.deadline_ms", "1 ms to an hour");
    CIPHERLANE_CHECK(check_trace(trace));
    return check_sealer(*this);
}

} // namespace cipherlane
