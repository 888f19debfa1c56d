#include <cipherlane/drivers/display/bonrix.hpp>
#include <cipherlane/drivers/display/described.hpp>
#include <cipherlane/drivers/display/device_display.hpp>
#include <cipherlane/drivers/display/display_family.hpp>
#include <cipherlane/drivers/display/escpos_printer.hpp>
#include <cipherlane/drivers/display/line_display.hpp>
#include <cipherlane/drivers/display/rcall.hpp>
#include <cipherlane/drivers/display/weact.hpp>
#include <cipherlane/drivers/errc.hpp>
#include <cipherlane/net/tcp.hpp>

#include <array>
#include <charconv>

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
    escpos_printer_profile profile;
    profile.words = options.words;
    return std::make_unique<escpos_printer_protocol>(std::move(profile));
}

template <const line_dialect& (*Dialect)() noexcept>
result<std::unique_ptr<screen_protocol>> make_line_display(const display_options&) {
    return std::make_unique<line_display_protocol>(Dialect());
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

result<std::unique_ptr<screen_protocol>> make_described(const display_options& options) {
    CIPHERLANE_TRY(auto description, load_display_description(options.description_file));
    CIPHERLANE_TRY(auto made, described_protocol::create(std::move(description), options.words, options.font_file));
    return made;
}

constexpr std::string_view described = "described";

error bad_device() {
    return error(drivers_errc::bad_setting, layer::drivers).in_field("device");
}

/// "1209:5a21" or "1209:5a21:SERIAL".
result<usb_filter> parse_usb(std::string_view text) {
    usb_filter filter;
    for (auto* const number : {&filter.vendor, &filter.product}) {
        std::uint16_t value = 0;
        const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
        if (fault != std::errc()) return bad_device();
        *number = value;
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
        if (text.empty()) break;
        if (text.front() != ':') return bad_device();
        text.remove_prefix(1);
    }
    if (!filter.product) return bad_device();
    filter.serial_number = text;
    return filter;
}

result<std::unique_ptr<net::transport>> open_usb(
    boost::asio::any_io_executor on, std::string_view device, std::shared_ptr<usb_host> usb, const call& bounds) {
    usb_settings settings;
    CIPHERLANE_TRY(settings.device, parse_usb(device));
    if (!usb) {
        CIPHERLANE_TRY(usb, usb_host::start());
    }
    CIPHERLANE_TRY(auto link, usb->open(std::move(on), settings, bounds));
    return std::unique_ptr<net::transport>(std::move(link));
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
constexpr auto low = serial_settings::line_policy::lower;
constexpr std::uint16_t wch = 0x1A86;

const std::array families{
    display_family{"rcall", "R-Call QR screen", line(115'200), must_come, {}, {}, make_rcall},
    display_family{"bonrix", "Bonrix DQR code display", line(115'200, low, std::chrono::milliseconds{2'000}), none,
        wch, 0x7523, make_bonrix},
    display_family{"weact", "WeAct Display FS 3.5 inch, 320 x 480", line(115'200), must_come, wch, 0xFE0C,
        make_weact<320, 480, turned::portrait>},
    display_family{"weact-small", "WeAct Display FS 0.96 inch, 160 x 80", line(115'200), must_come, wch, 0xFE0C,
        make_weact<160, 80, turned::landscape>},
    display_family{"escpos", "ESC/POS receipt printer", line(9'600), may_come, {}, {}, make_printer},
    display_family{
        "epson", "Epson DM-D line display, 2 x 20", line(9'600), none, {}, {}, make_line_display<epson_dm_d>},
    display_family{"cd5220", "CD5220 line display, 2 x 20", line(9'600), none, {}, {}, make_line_display<cd5220>},
    display_family{
        "led8n", "LED8N price display (客显), eight digits", line(2'400), none, {}, {}, make_line_display<led8n>},
    display_family{
        "logic", "Logic Controls line display, 2 x 20", line(9'600), none, {}, {}, make_line_display<logic_controls>},
    display_family{described, "display described by a TOML file", line(9'600), must_come, {}, {}, make_described},
};

} // namespace

std::span<const display_family> display_families() {
    return families;
}

const display_family* find_display_family(std::string_view name) {
    for (const auto& family : families) {
        if (family.name == name) return &family;
    }
    return nullptr;
}

result<std::unique_ptr<net::transport>> open_display_link(boost::asio::any_io_executor on, std::string_view family,
    const std::string& device, const display_options& options, const call& bounds) {
    constexpr std::string_view usb = "usb:";
    constexpr std::string_view tcp = "tcp:";
    constexpr std::string_view tls = "tls:";
    const auto* known = find_display_family(family);
    if (known == nullptr) return error(make_error_code(drivers_errc::bad_setting), layer::drivers).in_field("family");
    if (family == described) {
        CIPHERLANE_TRY(auto description, load_display_description(options.description_file));
        if (options.baud != 0) description.line.baud = options.baud;
        return open_described_link(std::move(on), description, device, options.usb, bounds);
    }
    if (device.starts_with(usb)) {
        return open_usb(std::move(on), std::string_view(device).substr(usb.size()), options.usb, bounds);
    }
    if (device.starts_with(tcp)) {
        CIPHERLANE_TRY(const auto peer, net::parse_endpoint(std::string_view(device).substr(tcp.size())));
        return net::connect_tcp(std::move(on), peer, bounds);
    }
    if (device.starts_with(tls)) {
        if (!options.tls) return error(drivers_errc::bad_setting, layer::drivers).in_field("tls");
        CIPHERLANE_TRY(const auto peer, net::parse_endpoint(std::string_view(device).substr(tls.size())));
        return net::connect_tls(std::move(on), peer, *options.tls, bounds);
    }
    auto settings = known->line;
    settings.device = device;
    if (options.baud != 0) settings.baud = options.baud;
    return open_serial(std::move(on), settings, bounds);
}

result<std::unique_ptr<ports::display>> open_display(boost::asio::any_io_executor on, std::string_view family,
    const std::string& device, const display_options& options, const call& bounds) {
    const auto* known = find_display_family(family);
    if (known == nullptr) return error(make_error_code(drivers_errc::bad_setting), layer::drivers).in_field("family");
    CIPHERLANE_TRY(auto protocol, known->make(options));
    CIPHERLANE_TRY(auto link, open_display_link(std::move(on), family, device, options, bounds));
    auto display = std::make_unique<device_display>(std::move(link), std::move(protocol));
    CIPHERLANE_CHECK(ask_who_it_is(*display, known->answers, bounds));
    return std::unique_ptr<ports::display>(std::move(display));
}

} // namespace cipherlane::drivers
