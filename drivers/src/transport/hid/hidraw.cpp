#include "../open_failure.hpp"
#include "../owned_descriptor.hpp"
#include "../system_files.hpp"

#include <cipherlane/drivers/errc.hpp>
#include <cipherlane/drivers/transport/hid.hpp>
#include <cipherlane/net/descriptor_transport.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <poll.h>

namespace cipherlane::drivers {
namespace {

namespace fs = std::filesystem;

std::uint32_t hex_number(std::string_view text) {
    std::uint32_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value, 16);
    return value;
}

/// HID_ID=bus:vendor:product, HID_NAME=…, HID_UNIQ=serial number: one a line.
void read_uevent(hid_device_info& device, const std::string& path) {
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
        const auto equals = line.find('=');
        if (equals == std::string::npos) continue;
        const std::string value = line.substr(equals + 1);
        if (line.starts_with("HID_NAME=")) device.name = value;
        if (line.starts_with("HID_UNIQ=")) device.serial_number = value;
        if (!line.starts_with("HID_ID=")) continue;
        const auto first = value.find(':');
        const auto second = value.find(':', first + 1);
        if (first == std::string::npos || second == std::string::npos) continue;
        device.vendor =
            static_cast<std::uint16_t>(hex_number(std::string_view(value).substr(first + 1, second - first - 1)));
        device.product = static_cast<std::uint16_t>(hex_number(std::string_view(value).substr(second + 1)));
    }
}

/// The first global item "usage page" (HID 1.11, 6.2.2.7): one or two bytes follow its prefix.
std::uint16_t first_usage_page(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::array<char, 3> head{};
    file.read(head.data(), head.size());
    const auto byte = [&](std::size_t at) { return static_cast<std::uint8_t>(head[at]); };
    if (file.gcount() >= 2 && byte(0) == 0x05) return byte(1);
    if (file.gcount() == 3 && byte(0) == 0x06) return static_cast<std::uint16_t>(byte(1) | (byte(2) << 8));
    return 0;
}

/// The interface above a HID device is "1-1.2:1.0": port, configuration, interface.
void read_place(hid_device_info& device, const fs::path& folder) {
    const std::string name = folder.parent_path().filename().string();
    const auto colon = name.find(':');
    if (colon == std::string::npos) return;
    device.usb_port = name.substr(0, colon);
    device.interface_number =
        static_cast<std::uint8_t>(read_hex16(folder.parent_path().string() + "/bInterfaceNumber").value_or(0));
}

constexpr net::descriptor_calls hidraw_calls{
    [](int node, std::uint8_t* into, std::size_t size) noexcept -> std::ptrdiff_t {
        return ::read(node, into, size);
    },
    [](int node, const std::uint8_t* from, std::size_t size) noexcept -> std::ptrdiff_t {
        return ::write(node, from, size);
    },
    [](int) noexcept { return true; },
    [](int node) noexcept {
        pollfd asked{node, POLLIN, 0};
        return ::poll(&asked, 1, 0) > 0 && (asked.revents & (POLLHUP | POLLERR | POLLNVAL)) != 0;
    },
    [](int) noexcept {},
};

result<hid_device_info> choose(const hid_filter& filter, const std::string& root) {
    std::optional<hid_device_info> found;
    for (auto& device : list_hid_devices(root)) {
        if (!filter.matches(device)) continue;
        if (found) return error(drivers_errc::bad_setting, layer::drivers).in_field("more than one matches");
        found = std::move(device);
    }
    if (!found) return error(drivers_errc::no_such_device, layer::drivers);
    return *std::move(found);
}

} // namespace

std::string hid_device_info::identity() const {
    std::array<char, 16> ids{};
    std::snprintf(ids.data(), ids.size(), "%04x:%04x", vendor, product);
    return std::string(ids.data()) + (serial_number.empty() ? "@" + usb_port : ":" + serial_number);
}

bool hid_filter::matches(const hid_device_info& device) const noexcept {
    return (!vendor || *vendor == device.vendor) && (!product || *product == device.product) &&
           (!interface_number || *interface_number == device.interface_number) &&
           (!usage_page || *usage_page == device.usage_page) &&
           (serial_number.empty() || serial_number == device.serial_number) &&
           (usb_port.empty() || usb_port == device.usb_port);
}

std::vector<hid_device_info> list_hid_devices(const std::string& root) {
    std::vector<hid_device_info> devices;
    std::error_code fault;
    for (const auto& item : fs::directory_iterator(below(root, "sys/class/hidraw"), fault)) {
        const fs::path folder = fs::canonical(item.path() / "device", fault);
        if (fault) continue;
        hid_device_info device;
        device.path = below(root, "dev/" + item.path().filename().string());
        read_uevent(device, folder.string() + "/uevent");
        device.usage_page = first_usage_page(folder.string() + "/report_descriptor");
        read_place(device, folder);
        devices.push_back(std::move(device));
    }
    std::ranges::sort(devices, {}, &hid_device_info::path);
    return devices;
}

result<std::unique_ptr<net::transport>> open_hid(
    boost::asio::any_io_executor on, const hid_filter& filter, const std::string& root) {
    auto device = choose(filter, root);
    if (!device) return device.error().during("open hid");
    owned_descriptor node(::open(device->path.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
    if (node.get() < 0) return open_failure(errno).during("open hid").at_endpoint(device->path);
    return net::adopt_descriptor(std::move(on), node.release(), hidraw_calls, device->path, layer::drivers);
}

} // namespace cipherlane::drivers
