#include "settings_checks.hpp"

#include "idle_settings.hpp"

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
#include <cipherlane/store/postgres_journal.hpp>

#include <algorithm>
#include <set>
#include <utility>

namespace cipherlane {

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

namespace {

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

/// By name, each once, and none that is called as a host: by hand one word names a route.
result<void> check_routed_gateways(const till_settings& all) {
    const auto bad = [](std::string_view expected) {
        return broken(till_errc::bad_setting, "routing.gateways", expected);
    };
    const auto& names = all.routing.gateways;
    if (names.size() == 1) return bad("two gateways or more");
    std::set<std::string_view> taken;
    for (const auto& one : all.routing.terminals) {
        const auto found = std::find_if(
            all.terminals.begin(), all.terminals.end(), [&](const auto& each) { return each.terminal_id == one; });
        const auto* const host = found == all.terminals.end() ? nullptr : all.host_of(*found);
        if (host != nullptr) taken.insert(host->name);
    }
    const auto gateways = all.gateways();
    for (const auto& name : names) {
        const bool there =
            std::any_of(gateways.begin(), gateways.end(), [&](const auto& one) { return one.name == name; });
        if (!there) return bad("names of gateways of this file");
        if (!taken.insert(name).second) return bad("each gateway once, and none with the name of a host");
    }
    return {};
}

result<void> check_routing(const till_settings& all) {
    const auto& place = all.routing;
    CIPHERLANE_CHECK(check_routed_gateways(all));
    if (place.how.first_trial > place.how.longest_trial)
        return broken(till_errc::bad_setting, "routing.longest_trial_ms", "no less than first_trial_ms");
    if (place.terminals.empty()) return {};
    const auto bad = [](std::string_view expected) {
        return broken(till_errc::bad_setting, "routing.terminals", expected);
    };
    if (place.terminals.size() < 2) return bad("two terminals or more");
    if (!all.journal.store.empty()) return bad("nothing, as other machines may use a key of journal.store meanwhile");
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
