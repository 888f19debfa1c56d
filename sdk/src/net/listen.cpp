#include "tcp_socket.hpp"

#include <cipherlane/net/errc.hpp>
#include <cipherlane/net/listen.hpp>

#include <arpa/inet.h>
#include <cerrno>
#include <netinet/in.h>
#include <sys/socket.h>

namespace cipherlane::net {
namespace {

union any_address {
    sockaddr_in6 v6; // first: the largest is what `{}` fills
    sockaddr_in v4;
    sockaddr plain;
};

/// Nothing but numbers: a name could mean an address of another machine tomorrow.
bool take_address(const tcp_settings& where, any_address& into) {
    into = {};
    if (::inet_pton(AF_INET, where.host.c_str(), &into.v4.sin_addr) == 1) {
        into.v4.sin_family = AF_INET;
        into.v4.sin_port = htons(where.port);
        return true;
    }
    if (::inet_pton(AF_INET6, where.host.c_str(), &into.v6.sin6_addr) != 1) return false;
    into.v6.sin6_family = AF_INET6;
    into.v6.sin6_port = htons(where.port);
    return true;
}

socklen_t size_of(const any_address& address) noexcept {
    return address.plain.sa_family == AF_INET ? sizeof address.v4 : sizeof address.v6;
}

error system_fault(std::string_view address) {
    return error(boost::system::error_code(errno, boost::system::system_category()), layer::net)
        .during("listen")
        .at_endpoint(address);
}

} // namespace

result<listening_socket> listen_tcp(std::string_view address) {
    CIPHERLANE_TRY(const auto where, parse_endpoint(address));
    any_address at;
    if (!take_address(where, at))
        return error(net_errc::bad_endpoint, layer::net).during("listen").at_endpoint(address);
    tcp_socket socket(::socket(at.plain.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const auto descriptor = socket.descriptor();
    const int on = 1;
    auto size = size_of(at);
    const bool listens = descriptor >= 0 && ::setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
                         ::bind(descriptor, &at.plain, size) == 0 && ::listen(descriptor, SOMAXCONN) == 0 &&
                         ::getsockname(descriptor, &at.plain, &size) == 0;
    if (!listens) return system_fault(address);
    const bool v4 = at.plain.sa_family == AF_INET;
    using family = listening_socket::family;
    return listening_socket{
        socket.release(), v4 ? family::v4 : family::v6, ntohs(v4 ? at.v4.sin_port : at.v6.sin6_port)};
}

} // namespace cipherlane::net
