#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>

#include <optional>
#include <sys/types.h>

namespace cipherlane::sim {

/// The user of the other end of a connection within this machine, as /proc/net/tcp and tcp6 have it (an application's
/// socket may be of either kind). An end that its program has already closed belongs to nobody.
[[nodiscard]] std::optional<uid_t> owner_of(const boost::asio::ip::tcp::socket& connection);

/// The user of the other end of a Unix socket when it connected or listened, as the kernel keeps it with the socket.
[[nodiscard]] std::optional<uid_t> owner_of(boost::asio::local::stream_protocol::socket& connection);

/// Whether the other end of a connection within this machine belongs to this process' user.
[[nodiscard]] bool is_own_user(const boost::asio::ip::tcp::socket& connection);
[[nodiscard]] bool is_own_user(boost::asio::local::stream_protocol::socket& connection);

} // namespace cipherlane::sim
