#include "display-sim/usb_display.hpp"

#include "display-sim/zbar_reader.hpp"

#include <cipherlane/drivers/display/panel/code_reader.hpp>

#include <nlohmann/json.hpp>

#include <optional>
#include <stdexcept>
#include <utility>

namespace cipherlane::sim {
namespace {

using kind = usb_endpoint::kind;

constexpr std::uint8_t hid_class = 3;
constexpr std::uint8_t printer_class = 7;
constexpr std::uint8_t to_host = 0x81;
constexpr std::size_t report_size = 63;

usb_identity identity_of(const std::string& family, std::string serial_number) {
    usb_identity made;
    made.serial_number = std::move(serial_number);
    made.vendor = 0x1209; // pid.codes; the products are private to this project's tests
    made.manufacturer = "Cipherlane";
    made.product_name = family;
    if (family == "bulk-panel") {
        made.product = 0x5A11;
        made.endpoints = {{0x01, kind::bulk, 512, 0}, {to_host, kind::bulk, 512, 0}};
    } else if (family == "hid-plate") {
        made.product = 0x5A12;
        made.interface_class = hid_class;
        made.class_descriptor = {9, 0x21, 0x11, 0x01, 0, 1, 0x22, 34, 0};
        made.endpoints = {{0x01, kind::interrupt, 64, 1}, {to_host, kind::interrupt, 64, 1}};
        made.kernel_driver = "usbhid";
    } else if (family == "escpos") {
        made.product = 0x5A21;
        made.interface_class = printer_class;
        made.interface_subclass = 1;
        made.interface_protocol = 2;
        made.endpoints = {{0x01, kind::bulk, 64, 0}, {to_host, kind::bulk, 64, 0}};
        made.kernel_driver = "usblp";
    } else {
        throw std::invalid_argument("no USB display of family " + family);
    }
    return made;
}

std::optional<usb_device::report_form> reports_of(const std::string& family) {
    if (family != "hid-plate") return std::nullopt;
    return usb_device::report_form{2, 1, report_size};
}

} // namespace

usb_display::usb_display(const std::string& family, const display_options& options, std::string serial_number)
    : usb_device(identity_of(family, std::move(serial_number)), reports_of(family),
          [&](surroundings around) { return make_display_model(family, options, std::move(around)); }) {}

void usb_display::watch(std::function<void(display_model&)> observer) {
    const auto held = hold();
    observer_ = std::move(observer);
}

void usb_display::given() {
    if (observer_) observer_(display());
}

nlohmann::json usb_display::ask(const nlohmann::json& request) {
    if (request.at("cmd") != "read") return usb_device::ask(request);
    // Readers take their time; the device goes on answering its host meanwhile.
    auto held = hold();
    const auto seen = display().picture();
    held.unlock();
    return {{"codes", drivers::read_codes(seen)}, {"zbar", read_with_zbar(seen)}};
}

} // namespace cipherlane::sim
