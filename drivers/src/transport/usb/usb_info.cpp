#include <cipherlane/drivers/errc.hpp>
#include <cipherlane/drivers/transport/usb.hpp>

#include <array>
#include <cstdio>

namespace cipherlane::drivers {

std::string usb_device_info::identity() const {
    std::array<char, 16> ids{};
    std::snprintf(ids.data(), ids.size(), "%04x:%04x", vendor, product);
    return std::string(ids.data()) + (serial_number.empty() ? "@" + port : ":" + serial_number);
}

std::string usb_device_info::node() const {
    std::array<char, 32> path{};
    std::snprintf(path.data(), path.size(), "/dev/bus/usb/%03u/%03u", bus, address);
    return path.data();
}

bool usb_filter::matches(const usb_device_info& device) const noexcept {
    return (!vendor || *vendor == device.vendor) && (!product || *product == device.product) &&
           (serial_number.empty() || serial_number == device.serial_number) && (port.empty() || port == device.port);
}

result<void> usb_settings::validate() const {
    const auto bad = [](std::string_view field) {
        return error(drivers_errc::bad_setting, layer::drivers).during("usb settings").in_field(field);
    };
    if ((out_endpoint & 0x80U) != 0) return bad("out_endpoint");
    if (in_endpoint != 0 && (in_endpoint & 0x80U) == 0) return bad("in_endpoint");
    if (read_size > 1'048'576) return bad("read_size");
    if (permission_grace.count() < 0) return bad("permission_grace");
    return {};
}

} // namespace cipherlane::drivers
