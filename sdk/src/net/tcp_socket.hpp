#pragma once

#include "resolve.hpp"

#include <cipherlane/net/tcp.hpp>

#include <string>

namespace cipherlane::net {

/// "127.0.0.1:1500", "[::1]:1500".
[[nodiscard]] std::string endpoint_name(const tcp_settings& settings);

/// A connection attempt under way: an owned non-blocking socket.
class tcp_socket {
  public:
    tcp_socket() = default;
    explicit tcp_socket(int descriptor) noexcept
        : descriptor_(descriptor) {}
    tcp_socket(tcp_socket&& other) noexcept
        : descriptor_(other.release()) {}
    tcp_socket& operator=(tcp_socket&& other) noexcept;
    tcp_socket(const tcp_socket&) = delete;
    tcp_socket& operator=(const tcp_socket&) = delete;
    ~tcp_socket();

    [[nodiscard]] int descriptor() const noexcept { return descriptor_; }
    [[nodiscard]] int release() noexcept;

    /// Begins to connect. Connected or under way on success: writable once that is decided.
    [[nodiscard]] static result<tcp_socket> begin(const socket_address& to);
    /// How the attempt ended, once writable.
    [[nodiscard]] result<void> outcome() const;

  private:
    int descriptor_ = -1;
};

} // namespace cipherlane::net
