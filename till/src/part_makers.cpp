#include "part_makers.hpp"

#include "key_file.hpp"

#include <cipherlane/acquiring/software_sealer.hpp>
#include <cipherlane/core/printable_text.hpp>
#include <cipherlane/crypto/known_test_key.hpp>
#include <cipherlane/drivers/display/display_family.hpp>
#include <cipherlane/drivers/pinpad/pinpad_family.hpp>
#include <cipherlane/drivers/printer/printer_family.hpp>
#include <cipherlane/drivers/scanner/scanner_family.hpp>
#include <cipherlane/drivers/terminal/terminal_family.hpp>
#include <cipherlane/drivers/transport/address.hpp>
#include <cipherlane/hostlink/http_risk.hpp>
#include <cipherlane/hostlink/terminal_relay.hpp>
#include <cipherlane/hsm/errc.hpp>
#include <cipherlane/hsm/machine_sealer.hpp>
#include <cipherlane/hsm/pos_mac.hpp>
#include <cipherlane/store/errc.hpp>
#include <cipherlane/store/file_key_provider.hpp>
#include <cipherlane/store/postgres_journal.hpp>
#include <cipherlane/store/sqlite_journal.hpp>
#include <cipherlane/till/errc.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace cipherlane::assembly {
namespace {

/// A key that everybody knows is for simulators.
result<void> refuse_test_key(const till_settings& all, const secret_bytes& key, std::string_view field) {
    if (all.sealer.test_keys || !all.reaches_out() || !crypto::is_known_test_key(key.expose())) return {};
    return error(till_errc::test_key, layer::till)
        .during("open")
        .in_field(field)
        .with_hint("expected a key of your own, as host or gateway are another machine; or sealer.test_keys = true");
}

/// Who takes the folder, or its backup, has both: the seal then protects nothing.
void warn_of_one_folder(const till_settings::journal_place& place, const logger& log) {
    if (!share_a_folder(place)) return;
    log.warning("journal", "journal.key_file lies beside journal.file: card data is sealed for nobody who gets the "
                           "folder or its backup; keep the key on another medium");
}

} // namespace

bool share_a_folder(const till_settings::journal_place& place) {
    if (!place.store.empty()) return false;
    const auto folder_of = [](const std::string& file) {
        std::error_code ignored;
        return std::filesystem::weakly_canonical(file, ignored).parent_path();
    };
    return folder_of(place.file) == folder_of(place.key_file);
}

result<std::shared_ptr<net::tls_client>> make_tls(
    const till_tls_files& wanted, bool on, std::string_view table, const logger& log) {
    if (!on) return std::shared_ptr<net::tls_client>();
    net::tls_settings trust;
    trust.ca_file = wanted.ca_file;
    trust.crl_file = wanted.crl_file;
    trust.certificate_file = wanted.certificate_file;
    trust.key_file = wanted.key_file;
    trust.peer_name = wanted.name;
    auto made = net::tls_client::create(trust, log);
    if (made) return made;
    const error fault = made.error(); // by value: what its field views is its own
    const auto at_fault = fault.field();
    const auto key = at_fault == "key_file" ? "tls_key_file" : at_fault; // as a settings file has it
    return error(fault).in_field(std::string(table) + "." + std::string(key));
}

bool is_first_start(const till_settings::journal_place& place) {
    using std::filesystem::exists;
    std::error_code ignored;
    if (!place.store.empty()) return !exists(place.key_file, ignored);
    if (store::first_start_was_announced(place.file, place.mark_file)) return !exists(place.file, ignored);
    const bool marked = exists(store::mark_path_of(place.file, place.mark_file), ignored);
    return !marked && !exists(place.key_file, ignored) && !exists(place.file, ignored);
}

namespace {

/// Its key, looked at.
result<void> check_journal_key(const till_settings& all, const call& bounds) {
    CIPHERLANE_CHECK(check_key_file(all.journal.key_file, "journal.key_file"));
    store::file_key_provider keys(all.journal.key_file);
    CIPHERLANE_TRY(const auto key, keys.journal_key(bounds));
    return refuse_test_key(all, key, "journal.key_file");
}

error other_tills_key(const till_settings::journal_place& place) {
    return error(till_errc::no_file, layer::till)
        .during("open")
        .at_endpoint(place.key_file)
        .in_field("journal.key_file")
        .with_hint("expected the key with which these books were begun: copy it from another till of them");
}

store::postgres_settings shared_books(const till_settings::journal_place& place) {
    store::postgres_settings how;
    how.address = place.store;
    return how;
}

/// Books that others may have begun: then the key is theirs, and is not made anew here.
result<std::unique_ptr<store::journal>> make_shared_journal(
    const till_settings& all, journal_wish wish, const ports::clock& clock, const call& bounds, const logger& log) {
    const auto& place = all.journal;
    if (wish == journal_wish::adopt)
        return error(till_errc::bad_setting, layer::till)
            .during("adopt")
            .in_field("journal.store")
            .with_hint("found shared books, expected a journal in a file: of a database there is one, which stands");
    auto how = shared_books(place);
    how.create = place.create || wish == journal_wish::begin;
    const bool first = how.create && !std::filesystem::exists(place.key_file);
    if (first) {
        CIPHERLANE_CHECK(check_not_begun(place, bounds));
        CIPHERLANE_CHECK(store::file_key_provider::create(place.key_file));
    }
    CIPHERLANE_CHECK(check_journal_key(all, bounds));
    store::file_key_provider keys(place.key_file);
    auto opened = store::postgres_journal::open(how, keys, clock, bounds, log);
    if (opened) return std::unique_ptr<store::journal>(*std::move(opened));
    if (!first || opened.error().code() != make_error_code(store_errc::wrong_key)) return opened.error();
    // Another machine has begun them between the question and now: this key opens nothing, and must not stay.
    std::error_code ignored;
    std::filesystem::remove(place.key_file, ignored);
    return other_tills_key(place);
}

} // namespace

result<void> check_not_begun(const till_settings::journal_place& place, const call& bounds) {
    CIPHERLANE_TRY(const bool begun, store::postgres_books_begun(shared_books(place), bounds));
    if (begun) return other_tills_key(place);
    return {};
}

result<std::unique_ptr<store::journal>> make_journal(
    const till_settings& all, journal_wish wish, const ports::clock& clock, const call& bounds, const logger& log) {
    const auto& place = all.journal;
    if (!place.store.empty()) return make_shared_journal(all, wish, clock, bounds, log);
    const bool begins = wish != journal_wish::work || (place.create && is_first_start(place));
    // A start that dies between key and journal is a first start still: the mark says so.
    if (begins) CIPHERLANE_CHECK(store::announce_first_start(place.file, place.mark_file));
    // A journal without its key is one whose key was lost: a fresh key would not open it, and would hide that.
    if (begins && !std::filesystem::exists(place.key_file) && !std::filesystem::exists(place.file))
        CIPHERLANE_CHECK(store::file_key_provider::create(place.key_file));
    CIPHERLANE_CHECK(check_journal_key(all, bounds));
    store::file_key_provider keys(place.key_file);
    warn_of_one_folder(place, log);
    store::sqlite_journal_settings how;
    how.path = place.file;
    how.mark_path = place.mark_file;
    how.start = wish == journal_wish::adopt ? store::journal_start::adopt
                : begins                    ? store::journal_start::existing_or_first
                                            : store::journal_start::existing;
    CIPHERLANE_TRY(auto opened, store::sqlite_journal::open(how, keys, clock, bounds, log));
    return std::unique_ptr<store::journal>(std::move(opened));
}

result<std::unique_ptr<hostlink::tcp_host>> make_host(
    const till_settings::host_place& place, std::string_view table, const logger& log) {
    hostlink::tcp_host_settings link;
    link.name = place.name;
    link.address = place.address;
    link.earlier_addresses = place.earlier_addresses;
    link.connect_timeout = place.connect_timeout;
    link.response_time = place.response_time;
    link.life = place.keep_connection ? hostlink::connection_life::kept : hostlink::connection_life::per_exchange;
    link.polls = place.echo_polls ? hostlink::host_polls::echo : hostlink::host_polls::skip;
    link.ahead = place.connect_ahead;
    link.http_path = place.http_path;
    link.length = place.length;
    CIPHERLANE_TRY(link.tls, make_tls(place.tls, place.tls.on, table, log));
    return hostlink::tcp_host::create(link, log);
}

result<std::shared_ptr<hostlink::certification_trace>> make_trace(
    const till_settings::trace_place& place, const ports::clock& clock, const logger& log) {
    auto opened = hostlink::certification_trace::open({place.file, place.test_cards}, clock, log);
    if (!opened) return error(opened.error()).in_field("trace.file");
    return opened;
}

result<std::unique_ptr<ports::risk_judge>> make_risk(const till_settings::risk_place& place, const logger& log) {
    hostlink::http_risk_settings where;
    where.address = place.address;
    where.path = place.path;
    CIPHERLANE_TRY(where.tls, make_tls(place.tls, place.tls.on, "risk", log));
    if (place.plain_anywhere) where.plain = hostlink::plain_http::anywhere;
    auto made = hostlink::http_risk::create(where);
    if (!made) {
        return error(till_errc::bad_setting, layer::till)
            .during("settings")
            .in_field("risk.tls")
            .with_hint("expected true, as " + place.address + " is another machine");
    }
    return std::unique_ptr<ports::risk_judge>(*std::move(made));
}

namespace {

/// What a profile file says of itself stands; a name that is none gets the names that there are.
error about_profile(const std::string& name, const error& why) {
    if (why.code() != hsm::hsm_errc::no_profile) return why;
    std::string known;
    for (const auto& each : hsm::profile::builtin_names())
        known.append(known.empty() ? "" : ", ").append(each);
    return error(why)
        .in_field("sealer.profile")
        .with_hint("found \"" + printable_text(name, 80) + "\"; allowed: FILE.toml, " + known);
}

} // namespace

result<hsm::client_settings> make_unit(const till_settings::sealer_place& place, const logger& log) {
    hsm::client_settings unit;
    CIPHERLANE_TRY(unit.at, net::parse_endpoint(place.address));
    auto dialect = hsm::profile::find(place.profile);
    if (!dialect) return about_profile(place.profile, dialect.error());
    unit.dialect = *std::move(dialect);
    CIPHERLANE_TRY(unit.tls, make_tls(place.tls, place.tls.on, "sealer", log));
    unit.log = log;
    return unit;
}

namespace {

constexpr std::string_view serial_field = "sealer.serial_key_file";

result<std::unique_ptr<ports::sealer>> make_machine_sealer(const till_settings::sealer_place& place,
    const acquiring::key_settings& keys, const std::string& path, std::string_view field, const logger& log) {
    CIPHERLANE_TRY(const auto master, read_wrapped_key(path, field));
    CIPHERLANE_TRY(auto unit, make_unit(place, log));
    const bool of_sm4 = hsm::is_sm4_key(*unit.dialect, hsm::key(master));
    auto made = std::make_unique<hsm::machine_sealer>(std::move(unit), hsm::key(master));
    if (keys.algorithm == acquiring::key_algorithm::sm4) {
        if (!of_sm4) {
            return error(till_errc::bad_setting, layer::till)
                .during("open")
                .in_field(field)
                .with_hint("expected a master key of SM4, with the dialect's scheme tag, as keys.algorithm is sm4");
        }
        using form = crypto::unionpay_mac_form;
        made->use_sm4(keys.sm4_mac_ascii ? form::ascii8 : form::raw8);
    }
    if (!place.serial_key_file.empty()) {
        CIPHERLANE_TRY(const auto serial, read_wrapped_key(place.serial_key_file, serial_field));
        made->use_serial_key(hsm::key(serial));
    }
    return std::unique_ptr<ports::sealer>(std::move(made));
}

result<std::unique_ptr<ports::sealer>> make_software_sealer(const till_settings& all,
    const till_settings::terminal& of, const std::string& path, std::string_view field, const logger& log) {
    CIPHERLANE_TRY(auto key, read_master_key(path, field));
    CIPHERLANE_CHECK(refuse_test_key(all, key, field));
    CIPHERLANE_TRY(auto made, acquiring::software_sealer::create(of.keys, std::move(key), log));
    if (!all.sealer.serial_key_file.empty()) {
        CIPHERLANE_TRY(const auto serial, read_master_key(all.sealer.serial_key_file, serial_field));
        CIPHERLANE_CHECK(refuse_test_key(all, serial, serial_field));
        CIPHERLANE_CHECK(made->use_serial_key(serial));
    }
    return std::unique_ptr<ports::sealer>(std::move(made));
}

} // namespace

result<std::unique_ptr<ports::sealer>> make_sealer(
    const till_settings& all, const till_settings::terminal& of, const logger& log) {
    const auto& place = all.sealer;
    const bool own = !of.key_file.empty();
    const auto& path = own ? of.key_file : place.key_file;
    if (path.empty()) {
        return error(till_errc::missing_setting, layer::till)
            .during("open")
            .in_field("sealer.key_file")
            .with_hint("expected the file of the master key, as there is a host");
    }
    const auto field = own ? "terminal.key_file" : "sealer.key_file";
    if (place.kind == sealer_kind::cipher_machine) return make_machine_sealer(place, of.keys, path, field, log);
    return make_software_sealer(all, of, path, field, log);
}

error makes_no_macs() {
    return error(till_errc::not_built, layer::till)
        .during("open")
        .in_field("sealer.kind")
        .with_hint("expected software or cipher-machine: this PIN pad makes no MACs");
}

result<void> check_makes_macs(const till_settings::pinpad_place& place) {
    drivers::pinpad_options options;
    options.description_file = place.description_file;
    CIPHERLANE_TRY(const auto can, drivers::pinpad_capabilities_of(place.driver, options));
    if (can.mac) return {};
    return makes_no_macs();
}

result<std::unique_ptr<ports::pinpad>> open_pinpad(
    boost::asio::any_io_executor on, const till_settings::pinpad_place& place, const call& bounds) {
    drivers::pinpad_options options;
    options.description_file = place.description_file;
    CIPHERLANE_TRY(
        options.tls, make_tls(place.tls, drivers::device_address::wants_tls(place.path), "pinpad", logger::none()));
    return drivers::open_pinpad(std::move(on), place.driver, place.path, options, bounds);
}

result<std::unique_ptr<ports::terminal>> make_card_terminal(boost::asio::any_io_executor on,
    const till_settings::card_terminal_place& place, const currency& unit,
    std::function<void(const ports::terminal_line&)> receipt_line, const logger& log) {
    drivers::terminal_options options;
    options.password = place.password;
    options.description_file = place.description_file;
    options.plain_payment = place.plain_payment;
    options.unit = unit;
    options.events.line = std::move(receipt_line);
    options.events.progress = [log](std::string_view code, std::string_view text) {
        log.info("terminal", std::string(code) + " " + printable_text(text));
    };
    CIPHERLANE_TRY(
        options.tls, make_tls(place.tls, drivers::device_address::wants_tls(place.path), "card_terminal", log));
    return drivers::make_terminal(std::move(on), place.driver, place.path, options);
}

result<std::unique_ptr<ports::terminal_network>> make_terminal_relay(
    const till_settings::host_place& place, const logger& log) {
    CIPHERLANE_TRY(auto host, make_host(place, "card_terminal.host", log));
    return std::make_unique<hostlink::terminal_relay>(std::move(host), log);
}

error has_own_line() {
    return error(till_errc::bad_setting, layer::till)
        .during("open")
        .in_field("card_terminal.host.address")
        .with_hint("expected nothing, as this terminal has a line of its own");
}

drivers::display_options display_options_of(const till_settings::display_place& place) {
    using words = till_settings::display_place::words;
    using drawing = till_settings::display_place::drawing;
    drivers::display_options options;
    options.printer.model = place.printer;
    options.printer.code_page = place.code_page;
    options.printer.plain_letters = place.transliterate;
    if (place.code == drawing::native) options.printer.code = drivers::printer_options::drawing::native;
    if (place.code == drawing::raster) options.printer.code = drivers::printer_options::drawing::raster;
    const bool has_chinese = place.code_page.empty() || place.code_page == "gbk";
    const bool english = place.language == words::english || (place.language == words::by_code_page && !has_chinese);
    options.words = english ? drivers::wording::english() : drivers::wording::chinese();
    return options;
}

result<std::unique_ptr<ports::display>> open_display(boost::asio::any_io_executor on,
    const till_settings::display_place& place, const call& bounds, std::shared_ptr<drivers::speaker_outbox> outbox) {
    auto options = display_options_of(place);
    options.description_file = place.description_file;
    options.font_file = place.font_file;
    options.plate.plates = place.plates;
    options.plate.base = place.plate_base;
    options.plate.code_path = place.plate_code_path;
    options.plate.fixed_path = place.plate_fixed_path;
    options.plate.fixed_code = place.plate_fixed_code;
    options.speaker.topic = place.topic;
    options.speaker.client_id = place.client_id;
    options.speaker.user = place.user;
    options.speaker.outbox = std::move(outbox);
    if (!place.password_file.empty()) {
        CIPHERLANE_TRY(options.speaker.password, read_password(place.password_file, "display.password_file"));
    }
    CIPHERLANE_TRY(
        options.tls, make_tls(place.tls, drivers::device_address::wants_tls(place.path), "display", logger::none()));
    return drivers::open_display(std::move(on), place.driver, place.path, options, bounds);
}

namespace {

drivers::receipt_options receipt_options_of(const till_settings::printer_place& place) {
    using proof = till_settings::printer_place::proof;
    using cutting = till_settings::printer_place::cutting;
    drivers::receipt_options options;
    options.printer.model = place.printer;
    options.printer.code_page = place.code_page;
    options.printer.plain_letters = true;
    options.proof = place.confirms == proof::printed ? drivers::print_proof::printed
                    : place.confirms == proof::state ? drivers::print_proof::state
                                                     : drivers::print_proof::none;
    options.cut = place.cut == cutting::partial ? drivers::receipt_printer_profile::cutting::partial
                  : place.cut == cutting::full  ? drivers::receipt_printer_profile::cutting::full
                                                : drivers::receipt_printer_profile::cutting::none;
    options.drawer_pin = place.drawer_pin;
    options.columns = place.columns;
    return options;
}

} // namespace

result<std::unique_ptr<ports::printer>> open_printer(
    boost::asio::any_io_executor on, const till_settings::printer_place& place, const call& bounds) {
    auto options = receipt_options_of(place);
    CIPHERLANE_TRY(
        options.tls, make_tls(place.tls, drivers::device_address::wants_tls(place.path), "printer", logger::none()));
    return drivers::open_printer(std::move(on), place.driver, place.path, options, bounds);
}

std::string queue_file_of(const till_settings& all) {
    return all.printer.queue_file.empty() ? all.journal.file + ".receipts" : all.printer.queue_file;
}

std::size_t columns_of(const till_settings::printer_place& place) {
    constexpr std::size_t usual = 32;
    if (place.columns != 0) return place.columns;
    const auto* make = drivers::find_escpos_model(place.printer);
    return make == nullptr ? usual : drivers::letters_across(make->width_dots);
}

result<std::unique_ptr<ports::scanner>> open_scanner(
    boost::asio::any_io_executor on, const till_settings::scanner_place& place, const call& bounds) {
    drivers::scanner_options options;
    options.profile.end = place.end;
    options.profile.aim = place.aim;
    options.profile.text = place.characters;
    CIPHERLANE_TRY(
        options.tls, make_tls(place.tls, drivers::device_address::wants_tls(place.path), "scanner", logger::none()));
    return drivers::open_scanner(std::move(on), place.driver, place.path, options, bounds);
}

} // namespace cipherlane::assembly
