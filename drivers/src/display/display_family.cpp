#include <cipherlane/drivers/display/bonrix.hpp>
#include <cipherlane/drivers/display/device_display.hpp>
#include <cipherlane/drivers/display/display_family.hpp>
#include <cipherlane/drivers/display/escpos_printer.hpp>
#include <cipherlane/drivers/display/line_display.hpp>
#include <cipherlane/drivers/display/rcall.hpp>
#include <cipherlane/drivers/display/weact.hpp>
#include <cipherlane/drivers/errc.hpp>

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

using turned = weact_profile::turned;
constexpr auto low = serial_settings::line_policy::lower;
constexpr std::uint16_t wch = 0x1A86;

const std::array families{
    display_family{"rcall", "R-Call QR screen", line(115'200), {}, {}, make_rcall},
    display_family{"bonrix", "Bonrix DQR code display", line(115'200, low, std::chrono::milliseconds{2'000}), wch,
        0x7523, make_bonrix},
    display_family{"weact", "WeAct Display FS 3.5 inch, 320 x 480", line(115'200), wch, 0xFE0C,
        make_weact<320, 480, turned::portrait>},
    display_family{"weact-small", "WeAct Display FS 0.96 inch, 160 x 80", line(115'200), wch, 0xFE0C,
        make_weact<160, 80, turned::landscape>},
    display_family{"escpos", "ESC/POS receipt printer", line(9'600), {}, {}, make_printer},
    display_family{"epson", "Epson DM-D line display, 2 x 20", line(9'600), {}, {}, make_line_display<epson_dm_d>},
    display_family{"cd5220", "CD5220 line display, 2 x 20", line(9'600), {}, {}, make_line_display<cd5220>},
    display_family{
        "led8n", "LED8N price display (客显), eight digits", line(2'400), {}, {}, make_line_display<led8n>},
    display_family{
        "logic", "Logic Controls line display, 2 x 20", line(9'600), {}, {}, make_line_display<logic_controls>},
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

result<std::unique_ptr<ports::display>> open_display(boost::asio::any_io_executor on, std::string_view family,
    const std::string& device, const display_options& options, const call& bounds) {
    const auto* known = find_display_family(family);
    if (known == nullptr) return error(make_error_code(drivers_errc::bad_setting), layer::drivers).in_field("family");
    CIPHERLANE_TRY(auto protocol, known->make(options));
    auto settings = known->line;
    settings.device = device;
    CIPHERLANE_TRY(auto link, open_serial(std::move(on), settings, bounds));
    return std::unique_ptr<ports::display>(std::make_unique<device_display>(std::move(link), std::move(protocol)));
}

} // namespace cipherlane::drivers
