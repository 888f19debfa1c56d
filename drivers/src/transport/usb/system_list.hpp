#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace cipherlane::drivers {

/// Bus and address of each USB device in sysfs, hubs left out: what the kernel knows, events or not.
[[nodiscard]] std::vector<std::pair<std::uint8_t, std::uint8_t>> usb_devices_of_system();

/// "/sys/bus/usb/devices/1-1.2/": where a device's attributes are.
[[nodiscard]] std::string usb_attributes(const std::string& port);

} // namespace cipherlane::drivers
