#pragma once

#include <boost/asio/ip/tcp.hpp>

namespace cipherlane::sim {

/// Whether the other end of a connection within this machine belongs to this process' user, as /proc/net/tcp has it.
/// An end that its program has already closed belongs to nobody.
[[nodiscard]] bool is_own_user(const boost::asio::ip::tcp::socket& connection);

} // namespace cipherlane::sim
