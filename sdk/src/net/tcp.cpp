#include "tcp_socket.hpp"
#include "wakeup.hpp"

#include <cipherlane/net/descriptor_transport.hpp>
#include <cipherlane/net/errc.hpp>
#include <cipherlane/net/tcp.hpp>

#include <algorithm>
#include <cerrno>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace cipherlane::net {
namespace {

constexpr descriptor_calls socket_calls{
    [](int socket, std::uint8_t* into, std::size_t size) noexcept -> std::ptrdiff_t {
        return ::recv(socket, into, size, MSG_DONTWAIT);
    },
    // A peer that is gone is an error to report, not a signal that ends the process.
    [](int socket, const std::uint8_t* from, std::size_t size) noexcept -> std::ptrdiff_t {
        return ::send(socket, from, size, MSG_DONTWAIT | MSG_NOSIGNAL);
    },
    [](int) noexcept { return true; },
    [](int socket) noexcept {
        std::uint8_t unread = 0;
        const auto peeked = ::recv(socket, &unread, 1, MSG_PEEK | MSG_DONTWAIT);
        return peeked == 0 || (peeked < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR);
    },
    [](int socket) noexcept { ::shutdown(socket, SHUT_RDWR); },
};

void set_option(int socket, int level, int option, int value) {
    // An option that the system refuses costs detection speed, not correctness.
    ::setsockopt(socket, level, option, &value, sizeof value);
}

int clamp_to_int(std::int64_t value) {
    return static_cast<int>(std::clamp<std::int64_t>(value, 0, 1 << 30));
}

void keep(int socket, const tcp_settings& settings) {
    set_option(socket, IPPROTO_TCP, TCP_NODELAY, 1);
    if (settings.keep_alive_idle.count() > 0) {
        set_option(socket, SOL_SOCKET, SO_KEEPALIVE, 1);
        set_option(socket, IPPROTO_TCP, TCP_KEEPIDLE, clamp_to_int(settings.keep_alive_idle.count()));
        set_option(socket, IPPROTO_TCP, TCP_KEEPINTVL, clamp_to_int(settings.keep_alive_interval.count()));
        set_option(socket, IPPROTO_TCP, TCP_KEEPCNT, settings.keep_alive_probes);
    }
    if (settings.user_timeout.count() > 0) {
        set_option(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, clamp_to_int(settings.user_timeout.count()));
    }
}

} // namespace

tcp_socket& tcp_socket::operator=(tcp_socket&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
}

tcp_socket::~tcp_socket() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

int tcp_socket::release() noexcept {
    return std::exchange(descriptor_, -1);
}

result<tcp_socket> tcp_socket::begin(const socket_address& to) {
    tcp_socket opened(::socket(to.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_TCP));
    if (opened.descriptor_ < 0) return error_from_errno(errno, layer::net);
    const auto* address = reinterpret_cast<const sockaddr*>(&to.storage);
    if (::connect(opened.descriptor_, address, to.size) != 0 && errno != EINPROGRESS && errno != EINTR) {
        return error_from_errno(errno, layer::net);
    }
    return opened;
}

result<void> tcp_socket::outcome() const {
    int fault = 0;
    socklen_t size = sizeof fault;
    if (::getsockopt(descriptor_, SOL_SOCKET, SO_ERROR, &fault, &size) != 0) fault = errno;
    if (fault != 0) return error_from_errno(fault, layer::net);
    return {};
}

std::string endpoint_name(const tcp_settings& settings) {
    const bool v6 = settings.host.find(':') != std::string::npos;
    return (v6 ? "[" + settings.host + "]" : settings.host) + ":" + std::to_string(settings.port);
}

std::unique_ptr<transport> adopt_tcp_socket(
    boost::asio::any_io_executor on, int socket, const tcp_settings& settings, std::string endpoint) {
    int non_blocking = 1;
    ::ioctl(socket, FIONBIO, &non_blocking);
    keep(socket, settings);
    return adopt_descriptor(std::move(on), socket, socket_calls, std::move(endpoint), layer::net);
}

result<std::unique_ptr<transport>> connect_tcp(
    boost::asio::any_io_executor on, const tcp_settings& settings, const call& bounds) {
    CIPHERLANE_CHECK(settings.validate());
    const std::string name = endpoint_name(settings);
    const call limits = bounds.no_later_than(settings.connect_timeout);
    const auto failed = [&](error why) { return std::move(why).during("connect").at_endpoint(name); };
    auto addresses = resolve(settings.host, settings.port, limits);
    if (!addresses) return failed(addresses.error());
    error last(net_errc::unreachable, layer::net);
    wakeup interrupt;
    for (const auto& address : *addresses) {
        auto socket = tcp_socket::begin(address);
        if (!socket) {
            last = socket.error();
            continue;
        }
        switch (wait_ready(socket->descriptor(), readiness::write, interrupt, limits)) {
        case wait_end::ready: break;
        case wait_end::timed_out: return failed(error(net_errc::timed_out, layer::net));
        case wait_end::cancelled: return failed(error(net_errc::cancelled, layer::net));
        }
        if (auto connected = socket->outcome(); !connected) {
            last = connected.error();
            continue;
        }
        return adopt_tcp_socket(std::move(on), socket->release(), settings, name);
    }
    return failed(last);
}

} // namespace cipherlane::net
