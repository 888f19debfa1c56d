#include "simkit/peer_user.hpp"

#include <array>
#include <cstdio>
#include <fstream>
#include <netinet/in.h>
#include <sstream>
#include <string>
#include <unistd.h>

namespace cipherlane::sim {
namespace {

using boost::asio::ip::tcp;

/// An end as the kernel writes it: the address' four bytes as one number of this machine, then the port.
std::string in_hex(const tcp::endpoint& end) {
    std::array<char, 16> text{};
    std::snprintf(text.data(), text.size(), "%08X:%04X", htonl(end.address().to_v4().to_uint()), end.port());
    return text.data();
}

} // namespace

bool is_own_user(const tcp::socket& connection) {
    boost::system::error_code failed;
    const auto ours = connection.local_endpoint(failed);
    if (failed) return false;
    const auto theirs = connection.remote_endpoint(failed);
    if (failed || !ours.address().is_v4() || !theirs.address().is_v4()) return false;
    const auto from = in_hex(theirs);
    const auto to = in_hex(ours);
    std::ifstream table("/proc/net/tcp");
    for (std::string line; std::getline(table, line);) {
        // Slot, local end, far end, state, queues, timer, retransmissions, user, timeout, inode.
        std::istringstream words(line);
        std::string slot, local, far, skipped, user, timeout, inode;
        words >> slot >> local >> far >> skipped >> skipped >> skipped >> skipped >> user >> timeout >> inode;
        if (local != from || far != to) continue;
        return inode != "0" && user == std::to_string(::geteuid());
    }
    return false;
}

} // namespace cipherlane::sim
