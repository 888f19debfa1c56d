#include "system_list.hpp"

#include "../system_files.hpp"

#include <filesystem>

namespace cipherlane::drivers {
namespace {

constexpr const char* devices_folder = "/sys/bus/usb/devices/";
constexpr std::uint16_t hub_class = 0x09;

} // namespace

std::vector<std::pair<std::uint8_t, std::uint8_t>> usb_devices_of_system() {
    std::vector<std::pair<std::uint8_t, std::uint8_t>> found;
    std::error_code fault;
    for (const auto& item : std::filesystem::directory_iterator(devices_folder, fault)) {
        const std::string name = item.path().filename().string();
        // "usb1" is a root hub, "1-1:1.0" an interface.
        if (name.starts_with("usb") || name.find(':') != std::string::npos) continue;
        const std::string folder = devices_folder + name + "/";
        if (read_hex16(folder + "bDeviceClass") == hub_class) continue;
        const auto bus = read_number(folder + "busnum");
        const auto address = read_number(folder + "devnum");
        if (bus && address) {
            found.emplace_back(static_cast<std::uint8_t>(*bus), static_cast<std::uint8_t>(*address));
        }
    }
    return found;
}

std::string usb_attributes(const std::string& port) {
    return devices_folder + port + "/";
}

} // namespace cipherlane::drivers
