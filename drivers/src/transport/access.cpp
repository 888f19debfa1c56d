#include <cipherlane/drivers/transport/discovery.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <grp.h>
#include <memory>
#include <sys/stat.h>
#include <unistd.h>

namespace cipherlane::drivers {
namespace {

std::string group_name(gid_t group) {
    std::vector<char> room(4096);
    struct group entry {};
    struct group* found = nullptr;
    if (::getgrgid_r(group, &entry, room.data(), room.size(), &found) != 0 || found == nullptr) {
        return std::to_string(group);
    }
    return found->gr_name;
}

bool in_group(gid_t group) {
    if (::getegid() == group) return true;
    std::vector<gid_t> mine(static_cast<std::size_t>(std::max(::getgroups(0, nullptr), 0)));
    if (::getgroups(static_cast<int>(mine.size()), mine.data()) < 0) return false;
    return std::ranges::find(mine, group) != mine.end();
}

constexpr std::string_view and_again = ", run \"udevadm control --reload\" and plug the device in again";

/// As sysfs writes ids.
std::string hex4(std::uint16_t id) {
    std::array<char, 8> text{};
    std::snprintf(text.data(), text.size(), "%04x", static_cast<unsigned>(id));
    return text.data();
}

std::string remedy(const std::string& rule) {
    if (rule.empty()) return "install the udev rules (70-cipherlane.rules)" + std::string(and_again);
    return "put this line into a file such as /etc/udev/rules.d/70-display.rules" + std::string(and_again) + ": " +
           rule;
}

} // namespace

std::string udev_rule(found_device::kind what, std::uint16_t vendor, std::uint16_t product) {
    const bool serial = what == found_device::kind::serial;
    // The node of a USB device is the device itself; other nodes are somewhere below it.
    const std::string attribute = what == found_device::kind::usb ? "ATTR" : "ATTRS";
    const std::string node = serial                            ? R"(SUBSYSTEM=="tty")"
                             : what == found_device::kind::hid ? R"(KERNEL=="hidraw*")"
                                                               : R"(SUBSYSTEM=="usb")";
    return node + ", " + attribute + "{idVendor}==\"" + hex4(vendor) + "\", " + attribute + "{idProduct}==\"" +
           hex4(product) + R"(", MODE="0660", GROUP=")" + (serial ? "dialout" : "plugdev") + R"(", TAG+="uaccess")" +
           (serial ? R"(, ENV{ID_MM_DEVICE_IGNORE}="1")" : "");
}

std::string explain_access(const std::string& node, const std::string& rule) {
    if (::access(node.c_str(), R_OK | W_OK) == 0) return {};
    const int why = errno;
    if (why == ENOENT || why == ENOTDIR)
        return node + " does not exist: the device was unplugged, or no udev runs here";
    struct stat about {};
    if (::stat(node.c_str(), &about) != 0) return node + " cannot be looked at";
    const std::string group = group_name(about.st_gid);
    const bool group_may = (about.st_mode & S_IRGRP) != 0 && (about.st_mode & S_IWGRP) != 0;
    if (!group_may || about.st_gid == 0) {
        return node + " is open to its owner alone (group " + group + "): " + remedy(rule);
    }
    if (!in_group(about.st_gid)) {
        return node + " belongs to the group " + group + ", and this user is not in it: run \"usermod -aG " + group +
               " USER\" and log in again";
    }
    return node + " is open to the group " + group +
           ", but the system refuses it all the same (container, security module)";
}

} // namespace cipherlane::drivers
