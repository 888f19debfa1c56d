#include "simkit/usbip_socket.hpp"

#include <array>
#include <cerrno>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace cipherlane::sim {

usbip_socket::usbip_socket(device_model& model, int socket)
    : socket_(socket)
    , carrier_(model, [this](const bytes& message) { write(message); }) {}

usbip_socket::~usbip_socket() {
    close();
    ::close(socket_);
}

void usbip_socket::start() {
    reader_ = std::thread([this] { read(); });
}

void usbip_socket::close() {
    // First the socket, which wakes a writer that waits for room with the device's lock held.
    ::shutdown(socket_, SHUT_RDWR);
    carrier_.disconnect();
    if (reader_.joinable()) reader_.join();
}

void usbip_socket::read() {
    std::array<std::uint8_t, 65'536> room{};
    for (;;) {
        const ssize_t got = ::recv(socket_, room.data(), room.size(), 0);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) break;
        if (!carrier_.take(byte_view(room).first(static_cast<std::size_t>(got)))) break;
    }
    ::shutdown(socket_, SHUT_RDWR);
    carrier_.disconnect();
}

/// What cannot be sent any more is lost with the connection; the reader notices.
void usbip_socket::write(const bytes& message) const {
    std::size_t at = 0;
    while (at < message.size()) {
        const ssize_t sent = ::send(socket_, message.data() + at, message.size() - at, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0) return;
        at += static_cast<std::size_t>(sent);
    }
}

} // namespace cipherlane::sim
