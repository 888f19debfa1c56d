#include <cipherlane/drivers/transport/discovery.hpp>
#include <cipherlane/drivers/transport/hid.hpp>
#include <cipherlane/drivers/transport/serial_ports.hpp>

#include <set>

namespace cipherlane::drivers {
namespace {

void add_drivers(found_device& device) {
    if (!device.vendor || !device.product) return;
    for (const auto& row : known_devices()) {
        if (row.vendor == *device.vendor && row.product == *device.product) device.drivers.emplace_back(row.driver);
    }
}

/// The rule that its node needs; empty where the rules of this library have it, which name serial lines alone.
std::string missing_rule(const found_device& device, const std::string& node) {
    const bool serial = device.what == found_device::kind::serial;
    if (!device.vendor || !device.product) {
        const auto name = node.substr(node.rfind('/') + 1);
        return "KERNEL==\"" + name + R"(", MODE="0660", GROUP=")" + (serial ? "dialout" : "plugdev") + "\"";
    }
    if (serial && !device.drivers.empty()) return {};
    return udev_rule(device.what, *device.vendor, *device.product);
}

void add_access(found_device& device, const std::string& node) {
    device.reason = explain_access(node, missing_rule(device, node));
    if (device.reason.empty()) return;
    device.state = device.reason.find("does not exist") != std::string::npos ? found_device::access::missing
                                                                             : found_device::access::denied;
}

found_device from(const serial_port_info& port) {
    found_device device{found_device::kind::serial, port.by_id.empty() ? port.path : port.by_id, port.identity(),
        port.vendor, port.product, port.product_name};
    add_drivers(device);
    add_access(device, port.path);
    return device;
}

found_device from(const hid_device_info& hid) {
    found_device device{found_device::kind::hid, hid.path, hid.identity(), hid.vendor, hid.product, hid.name};
    add_drivers(device);
    add_access(device, hid.path);
    return device;
}

found_device from(const usb_device_info& usb) {
    found_device device{
        found_device::kind::usb, usb.identity(), usb.identity(), usb.vendor, usb.product, usb.product_name};
    add_drivers(device);
    add_access(device, usb.node());
    return device;
}

} // namespace

std::vector<found_device> discover(const usb_host* usb, const std::string& root) {
    std::vector<found_device> all;
    std::set<std::string> listed;
    for (const auto& port : list_serial_ports(root)) {
        all.push_back(from(port));
        if (!port.usb_port.empty()) listed.insert(port.usb_port);
    }
    for (const auto& hid : list_hid_devices(root)) {
        all.push_back(from(hid));
        if (!hid.usb_port.empty()) listed.insert(hid.usb_port);
    }
    if (usb == nullptr) return all;
    for (const auto& device : usb->devices()) {
        if (!listed.contains(device.port)) all.push_back(from(device));
    }
    return all;
}

} // namespace cipherlane::drivers
