#include <cipherlane/drivers/discovery.hpp>

#include <algorithm>
#include <cerrno>
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

constexpr std::string_view rule_hint =
    "install the udev rules (70-cipherlane.rules), run \"udevadm control --reload\" and plug the device in again";

} // namespace

std::string explain_access(const std::string& node) {
    if (::access(node.c_str(), R_OK | W_OK) == 0) return {};
    const int why = errno;
    if (why == ENOENT || why == ENOTDIR)
        return node + " does not exist: the device was unplugged, or no udev runs here";
    struct stat about {};
    if (::stat(node.c_str(), &about) != 0) return node + " cannot be looked at";
    const std::string group = group_name(about.st_gid);
    const bool group_may = (about.st_mode & S_IRGRP) != 0 && (about.st_mode & S_IWGRP) != 0;
    if (!group_may || about.st_gid == 0) {
        return node + " is open to its owner alone (group " + group + "): " + std::string(rule_hint);
    }
    if (!in_group(about.st_gid)) {
        return node + " belongs to the group " + group + ", and this user is not in it: run \"usermod -aG " + group +
               " USER\" and log in again";
    }
    return node + " is open to the group " + group +
           ", but the system refuses it all the same (container, security module)";
}

} // namespace cipherlane::drivers
