#include "cipherlane/device_list.hpp"

#include <cipherlane/core/printable_text.hpp>
#include <cipherlane/drivers/display/display_family.hpp>
#include <cipherlane/drivers/pinpad/pinpad_family.hpp>
#include <cipherlane/drivers/printer/printer_family.hpp>
#include <cipherlane/drivers/scanner/scanner_family.hpp>
#include <cipherlane/drivers/terminal/terminal_family.hpp>
#include <cipherlane/drivers/transport/discovery.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <iostream>
#include <memory>
#include <optional>

namespace cipherlane::cli {
namespace {

using json = nlohmann::ordered_json;

constexpr std::string_view kind_name(drivers::found_device::kind what) {
    switch (what) {
    case drivers::found_device::kind::serial: return "serial";
    case drivers::found_device::kind::hid: return "hid";
    case drivers::found_device::kind::usb: break;
    }
    return "usb";
}

/// As udev rules write them.
std::string ids_of(std::uint16_t vendor, std::uint16_t product) {
    std::array<char, 16> text{};
    std::snprintf(
        text.data(), text.size(), "%04x:%04x", static_cast<unsigned>(vendor), static_cast<unsigned>(product));
    return text.data();
}

void print(const drivers::found_device& device) {
    const bool usb = device.what == drivers::found_device::kind::usb;
    std::cout << kind_name(device.what) << "  "
              << printable_text(usb ? "usb:" + device.path.substr(0, device.path.find('@')) : device.path);
    if (!device.name.empty()) std::cout << "  " << printable_text(device.name);
    if (!device.identity.empty()) std::cout << "\n    identity: " << printable_text(device.identity);
    if (device.vendor && device.product) std::cout << "\n    ids: " << ids_of(*device.vendor, *device.product);
    for (const auto& name : device.drivers) {
        const auto* family = drivers::find_display_family(name);
        std::cout << "\n    driver: " << name;
        if (family != nullptr) std::cout << " (" << family->about << ")";
    }
    if (!device.reason.empty()) std::cout << "\n    " << printable_text(device.reason, 1'000);
    std::cout << "\n";
}

/// Text that a device gives of itself may be no UTF-8.
json to_json(const drivers::found_device& device) {
    json made{{"kind", kind_name(device.what)}, {"path", printable_text(device.path)},
        {"name", printable_text(device.name)}, {"identity", printable_text(device.identity)},
        {"drivers", device.drivers}, {"reason", printable_text(device.reason, 1'000)}};
    if (device.vendor && device.product) made["ids"] = ids_of(*device.vendor, *device.product);
    return made;
}

struct plugged_in {
    std::vector<drivers::found_device> devices;
    std::optional<error> no_usb; ///< why USB devices are not among them
};

plugged_in look_around(const std::string& root) {
    plugged_in found;
    std::shared_ptr<drivers::usb_host> usb;
    if (root == "/") {
        auto started = drivers::usb_host::start();
        if (started)
            usb = *std::move(started);
        else
            found.no_usb = started.error();
    }
    found.devices = drivers::discover(usb.get(), root);
    return found;
}

std::string padded(std::string_view name) {
    constexpr std::size_t column = 14;
    return std::string(name) + std::string(column - std::min(column - 1, name.size()), ' ');
}

void print(const drivers::driver_family& family) {
    std::cout << "  " << padded(family.name) << family.about;
    if (family.name != "described") std::cout << ", " << family.line.baud << " baud";
    std::cout << "; " << family.reached_by.to_string() << "\n";
}

template <class Families>
void print(const char* kind, const Families& families) {
    std::cout << "drivers of " << kind << ":\n";
    for (const auto& family : families)
        print(family);
}

json to_json(const drivers::driver_family& family) {
    return {{"name", family.name}, {"about", family.about}, {"baud", family.line.baud},
        {"reached_by", family.reached_by.to_string()}};
}

template <class Families>
json rows_of(const Families& families) {
    json rows = json::array();
    for (const auto& family : families)
        rows.push_back(to_json(family));
    return rows;
}

} // namespace

void list_devices(const std::string& root, output_form output) {
    const auto found = look_around(root);
    if (output == output_form::json) {
        json made{{"devices", json::array()}, {"displays", rows_of(drivers::display_families())},
            {"pinpads", rows_of(drivers::pinpad_families())},
            {"card_terminals", rows_of(drivers::terminal_families())},
            {"printers", rows_of(drivers::printer_families())}, {"scanners", rows_of(drivers::scanner_families())}};
        for (const auto& device : found.devices)
            made["devices"].push_back(to_json(device));
        if (found.no_usb) made["no_usb"] = cli::to_json(*found.no_usb);
        std::cout << made.dump(2) << "\n";
        return;
    }
    if (found.no_usb) std::cout << "no list of USB devices: " << *found.no_usb << "\n";
    if (found.devices.empty()) std::cout << "no serial line with hardware behind it, no HID and no USB device\n";
    for (const auto& device : found.devices)
        print(device);
    print("displays", drivers::display_families());
    print("PIN pads", drivers::pinpad_families());
    print("card terminals", drivers::terminal_families());
    print("receipt printers", drivers::printer_families());
    print("scanners", drivers::scanner_families());
}

} // namespace cipherlane::cli
