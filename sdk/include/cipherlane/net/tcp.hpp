#pragma once

#include <cipherlane/net/transport.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace cipherlane::net {

/// Where a TCP peer is, and how the connection is kept.
struct tcp_settings {
    std::string host = "127.0.0.1";
    std::uint16_t port = 0;
    std::chrono::milliseconds connect_timeout{10'000};
    std::chrono::seconds keep_alive_idle{30}; ///< 0: no keep-alive
    std::chrono::seconds keep_alive_interval{10};
    int keep_alive_probes = 3;
    std::chrono::milliseconds user_timeout{20'000}; ///< unacknowledged data for this long: link lost (half-open peer)

    /// @return `misuse` naming the field.
    [[nodiscard]] result<void> validate() const;
};

/// "HOST:PORT" or "[v6]:PORT" (port 0 is for those who listen: any free one; `connect_tcp` refuses it); `misuse` if
/// it is neither.
[[nodiscard]] result<tcp_settings> parse_endpoint(std::string_view text);

/// Whether a host is this machine: 127.0.0.0/8, ::1 or "localhost". No name is looked up: another one may be
/// anywhere.
[[nodiscard]] bool is_loopback(const std::string& host) noexcept;

/// Connects: resolves the name, tries its addresses in turn, sets keep-alive and user timeout, sends without delay.
/// @return `link_lost` (refused, unreachable, unknown host), `timed_out` (connect timer or call), `cancelled`,
///   `misuse` (settings); each with the endpoint. A transport that needs no running executor while it is used
///   blocking.
[[nodiscard]] result<std::unique_ptr<transport>> connect_tcp(
    boost::asio::any_io_executor on, const tcp_settings& settings, const call& bounds);

/// As `connect_tcp`; ends early by the call's stop token and the handler's cancellation slot.
void async_connect_tcp(
    boost::asio::any_io_executor on, tcp_settings settings, call bounds, completion<std::unique_ptr<transport>> done);

/// Makes a transport of a connected socket, as an acceptor gets them. Owns the descriptor from here on.
[[nodiscard]] std::unique_ptr<transport> adopt_tcp_socket(
    boost::asio::any_io_executor on, int socket, const tcp_settings& settings, std::string endpoint);

} // namespace cipherlane::net
