#pragma once

#include <cipherlane/core/call.hpp>
#include <cipherlane/core/result.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <sys/socket.h>
#include <vector>

namespace cipherlane::net {

/// An IPv4 or IPv6 address with a port, as the system takes it.
struct socket_address {
    sockaddr_storage storage{};
    socklen_t size = 0;
};

using resolved = result<std::vector<socket_address>>;

/// The address itself if `host` is one; an empty list if it is a name.
[[nodiscard]] std::vector<socket_address> numeric_address(const std::string& host, std::uint16_t port);

/// Looks a name up on a thread of its own, since the system's resolver can neither be bounded nor cancelled, and
/// calls `done` there. Nobody waits for a lookup that comes too late.
void resolve_elsewhere(std::string host, std::uint16_t port, std::function<void(resolved)> done);

/// Blocking, within the call's bounds.
[[nodiscard]] resolved resolve(const std::string& host, std::uint16_t port, const call& bounds);

} // namespace cipherlane::net
