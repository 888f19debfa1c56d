#include "simkit/peer_user.hpp"

#include <array>
#include <cstdio>
#include <fstream>
#include <netinet/in.h>
#include <sstream>
#include <string>
#include <sys/socket.h>
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

/// The line of the connection whose near end is `near` and whose far end is `far`: its user.
std::optional<uid_t> look_up(const char* table, const std::string& near, const std::string& far) {
    std::ifstream lines(table);
    for (std::string line; std::getline(lines, line);) {
        // Slot, local end, far end, state, queues, timer, retransmissions, user, timeout, inode.
        std::istringstream words(line);
        std::string slot, here, there, skipped, timeout, inode;
        uid_t user = 0;
        words >> slot >> here >> there >> skipped >> skipped >> skipped >> skipped >> user >> timeout >> inode;
        if (here != near || there != far) continue;
        return words && inode != "0" ? std::optional(user) : std::nullopt;
    }
    return std::nullopt;
}

} // namespace

std::optional<uid_t> owner_of(const tcp::socket& connection) {
    boost::system::error_code failed;
    const auto ours = connection.local_endpoint(failed);
    if (failed) return std::nullopt;
    const auto theirs = connection.remote_endpoint(failed);
    if (failed || !ours.address().is_v4() || !theirs.address().is_v4()) return std::nullopt;
    const auto from = in_hex(theirs);
    const auto to = in_hex(ours);
    if (const auto user = look_up("/proc/net/tcp", from, to)) return user;
    // A socket of IPv6 that speaks IPv4, as Java's do.
    const std::string mapped = "0000000000000000FFFF0000";
    return look_up("/proc/net/tcp6", mapped + from, mapped + to);
}

std::optional<uid_t> owner_of(boost::asio::local::stream_protocol::socket& connection) {
    ucred peer{};
    socklen_t size = sizeof peer;
    if (::getsockopt(connection.native_handle(), SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return std::nullopt;
    return peer.uid;
}

bool is_own_user(const tcp::socket& connection) {
    return owner_of(connection) == ::geteuid();
}

bool is_own_user(boost::asio::local::stream_protocol::socket& connection) {
    return owner_of(connection) == ::geteuid();
}

} // namespace cipherlane::sim
