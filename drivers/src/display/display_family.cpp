#include "../refusals.hpp"

#include <cipherlane/drivers/display/bonrix/bonrix.hpp>
#include <cipherlane/drivers/display/described/described.hpp>
#include <cipherlane/drivers/display/device_display.hpp>
#include <cipherlane/drivers/display/display_family.hpp>
#include <cipherlane/drivers/display/escpos/escpos_printer.hpp>
#include <cipherlane/drivers/display/escpos/line_display.hpp>
#include <cipherlane/drivers/display/rcall/rcall.hpp>
#include <cipherlane/drivers/display/weact/weact.hpp>
#include <cipherlane/drivers/errc.hpp>
#include <cipherlane/drivers/transport/link.hpp>

#include <array>

namespace cipherlane::drivers {
namespace {

serial_settings line(unsigned baud, serial_settings::line_policy modem = serial_settings::line_policy::raise,
    std::chrono::milliseconds settle = {}) {
    serial_settings settings;
    settings.baud = baud;
    settings.dtr = settings.rts = modem;
    settings.settle = settle;
    return settings;
}

result<std::unique_ptr<screen_protocol>> make_rcall(const display_options& options) {
    rcall_profile profile;
    profile.words = options.words;
    return std::make_unique<rcall_protocol>(std::move(profile));
}

result<std::unique_ptr<screen_protocol>> make_bonrix(const display_options&) {
    return std::make_unique<bonrix_protocol>();
}

result<std::unique_ptr<screen_protocol>> make_printer(const display_options& options) {
    CIPHERLANE_TRY(auto profile, escpos_profile_of(options.printer));
    profile.words = options.words;
    return std::make_unique<escpos_printer_protocol>(std::move(profile));
}

template <const line_dialect& (*Dialect)() noexcept>
result<std::unique_ptr<screen_protocol>> make_line_display(const display_options&) {
    return std::make_unique<line_display_protocol>(Dialect());
}

result<std::unique_ptr<screen_protocol>> make_speaker(const display_options& options) {
    auto profile = options.speaker;
    profile.words = options.words;
    CIPHERLANE_CHECK(profile.validate());
    return std::make_unique<speaker_protocol>(std::move(profile));
}

template <int Width, int Height, weact_profile::turned How>
result<std::unique_ptr<screen_protocol>> make_weact(const display_options& options) {
    weact_profile profile;
    profile.width = Width;
    profile.height = Height;
    profile.orientation = How;
    profile.words = options.words;
    profile.font_file = options.font_file;
    CIPHERLANE_TRY(auto made, weact_protocol::create(std::move(profile)));
    return made;
}

/// The one that is read already, or the file's.
result<display_description> description_of(const display_options& options) {
    if (options.description != nullptr) return *options.description;
    return load_display_description(options.description_file);
}

result<std::unique_ptr<screen_protocol>> make_described(const display_options& options) {
    CIPHERLANE_TRY(auto description, description_of(options));
    CIPHERLANE_TRY(auto made, described_protocol::create(std::move(description), options.words, options.font_file));
    return made;
}

result<std::unique_ptr<net::transport>> link_by_address(boost::asio::any_io_executor on, const display_family& of,
    const std::string& address, const display_options& options, const call& bounds) {
    CIPHERLANE_TRY(const auto where, of.address(address));
    link_options with;
    with.line = of.line;
    if (options.baud != 0) with.line.baud = options.baud;
    with.usb = options.usb;
    with.tls = options.tls;
    return open_link(std::move(on), where, with, bounds);
}

result<std::unique_ptr<net::transport>> link_of_description(boost::asio::any_io_executor on, const display_family&,
    const std::string& address, const display_options& options, const call& bounds) {
    CIPHERLANE_TRY(auto description, description_of(options));
    if (options.baud != 0) description.line.baud = options.baud;
    return open_described_link(std::move(on), description, address, options.usb, bounds);
}

error no_link() {
    return cannot("open").with_hint("these devices call us");
}

result<std::unique_ptr<screen_protocol>> make_nothing(const display_options&) {
    return no_link();
}

result<std::unique_ptr<net::transport>> link_nothing(
    boost::asio::any_io_executor, const display_family&, const std::string&, const display_options&, const call&) {
    return no_link();
}

result<std::unique_ptr<ports::display>> serve_plates(const device_address& where, const display_options& options) {
    const auto& host = where.peer.host;
    const bool v6 = host.find(':') != std::string::npos;
    const auto address = (v6 ? "[" + host + "]" : host) + ":" + std::to_string(where.peer.port);
    CIPHERLANE_TRY(auto made, code_plate::listen(address, options.plate));
    return std::unique_ptr<ports::display>(std::move(made));
}

/// A device that answers its family's question wrongly, or not at all, is another one.
result<void> ask_who_it_is(ports::display& display, display_family::proof wanted, const call& bounds) {
    if (wanted == display_family::proof::none) return {};
    auto name = display.heartbeat(bounds);
    if (name || name.error().is(condition::unsupported)) return {};
    if (wanted == display_family::proof::may_come && name.error().code() == drivers_errc::no_answer) return {};
    return std::move(name).error();
}

using turned = weact_profile::turned;
using enum display_family::proof;
using extras = display_family::extras;
constexpr auto low = serial_settings::line_policy::lower;
constexpr std::uint16_t wch = 0x1A86;

constexpr address_kinds streams{address_kind::line, address_kind::usb, address_kind::tcp, address_kind::tls};
constexpr address_kinds networks{address_kind::tcp, address_kind::tls};
constexpr address_kinds own_links{address_kind::line, address_kind::usb, address_kind::hid};

constexpr ports::display_capabilities codes{.qr = true, .amount = true, .outcome = true};
constexpr ports::display_capabilities printed{.qr = true, .amount = true, .text = true, .outcome = true};
constexpr ports::display_capabilities fetched{.qr = true, .amount = true, .outcome = true, .acknowledges = true};
constexpr ports::display_capabilities spoken{.amount = true, .text = true, .outcome = true, .speaks = true};
constexpr ports::display_capabilities screen{
    .qr = true, .amount = true, .text = true, .outcome = true, .acknowledges = true};
constexpr ports::display_capabilities panel{.qr = true,
    .amount = true,
    .text = true,
    .outcome = true,
    .brightness = true,
    .acknowledges = true,
    .countdown = true};
constexpr ports::display_capabilities lines{
    .amount = true, .text = true, .outcome = true, .brightness = true, .repeats = true};
constexpr ports::display_capabilities digits{.amount = true, .repeats = true};

const std::array families{
    display_family{{"rcall", "R-Call QR screen", streams, line(115'200)}, screen, must_come, {}, {}, make_rcall,
        link_by_address},
    display_family{
        {"bonrix", "Bonrix DQR code display", streams, line(115'200, low, std::chrono::milliseconds{2'000})}, codes,
        none, wch, 0x7523, make_bonrix, link_by_address},
    display_family{{"weact", "WeAct Display FS 3.5 inch, 320 x 480", streams, line(115'200)}, panel, must_come, wch,
        0xFE0C, make_weact<320, 480, turned::portrait>, link_by_address, extras::font},
    display_family{{"weact-small", "WeAct Display FS 0.96 inch, 160 x 80", streams, line(115'200)}, panel, must_come,
        wch, 0xFE0C, make_weact<160, 80, turned::landscape>, link_by_address, extras::font},
    display_family{{"escpos", "ESC/POS receipt printer", streams, line(9'600)}, printed, may_come, {}, {},
        make_printer, link_by_address, extras::printer},
    display_family{{"epson", "Epson DM-D line display, 2 x 20", streams, line(9'600)}, lines, none, {}, {},
        make_line_display<epson_dm_d>, link_by_address},
    display_family{{"cd5220", "CD5220 line display, 2 x 20", streams, line(9'600)}, lines, none, {}, {},
        make_line_display<cd5220>, link_by_address},
    display_family{{"led8n", "LED8N price display (客显), eight digits", streams, line(2'400)}, digits, none, {}, {},
        make_line_display<led8n>, link_by_address},
    display_family{{"logic", "Logic Controls line display, 2 x 20", streams, line(9'600)}, lines, none, {}, {},
        make_line_display<logic_controls>, link_by_address},
    display_family{{"mqtt-speaker", "payment speaker behind an MQTT broker (收款播报音箱)", networks, {}}, spoken,
        must_come, {}, {}, make_speaker, link_by_address, extras::speaker},
    display_family{{"code-plate", "code plate that is an HTTP client (云码牌)", address_kinds{address_kind::tcp}, {}},
        fetched, must_come, {}, {}, make_nothing, link_nothing, extras::plate, serve_plates},
    display_family{{"described", "display described by a TOML file", own_links, line(9'600)}, {}, must_come, {}, {},
        make_described, link_of_description, extras::font},
};

} // namespace

std::span<const display_family> display_families() {
    return families;
}

const display_family* find_display_family(std::string_view name) {
    return find_driver(display_families(), name);
}

result<std::unique_ptr<net::transport>> open_display_link(boost::asio::any_io_executor on, std::string_view driver,
    const std::string& address, const display_options& options, const call& bounds) {
    CIPHERLANE_TRY(const auto* family, driver_named(display_families(), driver));
    return family->link(std::move(on), *family, address, options, bounds);
}

result<std::unique_ptr<ports::display>> open_display(boost::asio::any_io_executor on, std::string_view driver,
    const std::string& address, const display_options& options, const call& bounds) {
    CIPHERLANE_TRY(const auto* family, driver_named(display_families(), driver));
    if (family->serve != nullptr) {
        CIPHERLANE_TRY(const auto where, family->address(address));
        CIPHERLANE_TRY(auto served, family->serve(where, options));
        CIPHERLANE_CHECK(ask_who_it_is(*served, family->answers, bounds));
        return served;
    }
    // Link and protocol come from one reading of the file: it may change in between.
    auto with = options;
    if (family->make == make_described && with.description == nullptr) {
        CIPHERLANE_TRY(auto read, load_display_description(options.description_file));
        with.description = std::make_shared<const display_description>(std::move(read));
    }
    CIPHERLANE_TRY(auto protocol, family->make(with));
    CIPHERLANE_TRY(auto link, family->link(std::move(on), *family, address, with, bounds));
    auto display = std::make_unique<device_display>(std::move(link), std::move(protocol));
    CIPHERLANE_CHECK(ask_who_it_is(*display, family->answers, bounds));
    return std::unique_ptr<ports::display>(std::move(display));
}

} // namespace cipherlane::drivers
