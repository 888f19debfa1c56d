#include "../system_files.hpp"

#include <cipherlane/drivers/errc.hpp>
#include <cipherlane/drivers/transport/serial_ports.hpp>

#include <algorithm>
#include <filesystem>
#include <map>

namespace cipherlane::drivers {
namespace {

namespace fs = std::filesystem;

/// The links of /dev/serial/by-id, by the name of the port that they lead to.
std::map<std::string, std::string> by_id_links(const std::string& root) {
    std::map<std::string, std::string> links;
    std::error_code fault;
    for (const auto& item : fs::directory_iterator(below(root, "dev/serial/by-id"), fault)) {
        const fs::path target = fs::read_symlink(item.path(), fault);
        if (!fault) links.emplace(target.filename().string(), item.path().string());
    }
    return links;
}

/// Fills in the USB device behind a port: the nearest folder above it with an idVendor.
void add_usb_device(serial_port_info& port, fs::path device) {
    std::error_code fault;
    for (; device.has_relative_path() && device != device.parent_path(); device = device.parent_path()) {
        const std::string folder = device.string() + "/";
        if (!fs::exists(folder + "idVendor", fault)) continue;
        port.vendor = read_hex16(folder + "idVendor");
        port.product = read_hex16(folder + "idProduct");
        port.serial_number = read_attribute(folder + "serial");
        port.product_name = read_attribute(folder + "product");
        port.usb_port = device.filename().string();
        return;
    }
}

/// A built-in UART whose type the kernel found to be unknown is a port without hardware.
bool has_hardware(const std::string& folder) {
    std::error_code fault;
    if (!fs::exists(folder + "/device", fault)) return false;
    const auto type = read_number(folder + "/type");
    return !type || *type != 0;
}

} // namespace

const std::string& serial_port_info::identity() const noexcept {
    if (!by_id.empty()) return by_id;
    return usb_port.empty() ? path : usb_port;
}

std::vector<serial_port_info> list_serial_ports(const std::string& root) {
    const auto links = by_id_links(root);
    std::vector<serial_port_info> ports;
    std::error_code fault;
    for (const auto& item : fs::directory_iterator(below(root, "sys/class/tty"), fault)) {
        const std::string name = item.path().filename().string();
        if (!has_hardware(item.path().string())) continue;
        serial_port_info port;
        port.path = below(root, "dev/" + name);
        if (const auto link = links.find(name); link != links.end()) port.by_id = link->second;
        const fs::path device = fs::canonical(item.path() / "device", fault);
        if (!fault) add_usb_device(port, device);
        ports.push_back(std::move(port));
    }
    std::ranges::sort(ports, {}, &serial_port_info::path);
    return ports;
}

bool serial_port_filter::matches(const serial_port_info& port) const noexcept {
    return (!vendor || vendor == port.vendor) && (!product || product == port.product) &&
           (serial_number.empty() || serial_number == port.serial_number) &&
           (usb_port.empty() || usb_port == port.usb_port);
}

result<std::string> find_serial_port(const serial_port_filter& filter, const std::string& root) {
    std::optional<serial_port_info> found;
    for (auto& port : list_serial_ports(root)) {
        if (!filter.matches(port)) continue;
        if (found) {
            return error(drivers_errc::bad_setting, layer::drivers)
                .during("find serial port")
                .in_field("more than one matches");
        }
        found = std::move(port);
    }
    if (!found) return error(drivers_errc::no_such_device, layer::drivers).during("find serial port");
    return found->by_id.empty() ? found->path : found->by_id;
}

} // namespace cipherlane::drivers
