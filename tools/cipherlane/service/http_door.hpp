#pragma once

#include "cipherlane/service/http_message.hpp"

#include <cipherlane/core/logger.hpp>
#include <cipherlane/core/result.hpp>
#include <cipherlane/core/secret_bytes.hpp>

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace cipherlane::service {

/// Where the door is, and what of its time and memory one who knocks may have.
struct door_settings {
    std::string address; ///< "127.0.0.1:PORT" or "[::1]:PORT", an address of this machine alone; empty: none
    std::string socket;  ///< path of a Unix socket of mode 0600; empty: none
    secret_bytes token;  ///< wanted of everybody who comes by `address`, and by `socket` where it is not empty
    /// One more is told so and hung up on, unless one that has not shown the token, or has gone, makes room.
    std::size_t most_connections = 64;
    std::size_t most_streams = 16; ///< of these, streams of events
    std::size_t most_body = 65'536;
    std::chrono::milliseconds request_time{10'000}; ///< from its first byte to its last
    std::chrono::milliseconds stranger_time{2000};  ///< from the connection until the token is shown
    std::chrono::milliseconds idle_time{60'000};    ///< between two requests of a connection
    std::chrono::milliseconds write_time{10'000};
    std::chrono::milliseconds heartbeat{15'000}; ///< of a stream without events

    /// @return `misuse` for an address that is not of this machine alone, and for a token that is missing, too short
    /// or too long.
    [[nodiscard]] result<void> validate() const;
};

struct door_counters {
    std::uint64_t requests = 0;
    std::uint64_t wrong_tokens = 0;
    std::uint64_t turned_away = 0; ///< one connection, or stream, too many
    std::uint64_t dropped = 0;     ///< slow, or no HTTP
    std::size_t connections = 0;   ///< now
    std::size_t streams = 0;       ///< now
};

/// The longest token, and the shortest.
inline constexpr std::size_t longest_token = 256;
inline constexpr std::size_t shortest_token = 16;

/// Whether what was shown is the token; takes the same time whatever it is.
[[nodiscard]] bool is_token(std::string_view shown, const secret_bytes& token) noexcept;

/// An HTTP/1.1 server for programs of this machine. It reads no body of one who does not show the token, waits for
/// nobody longer than its settings say, and hands over whole requests. All on the thread of the io_context.
class http_door {
  public:
    using handler = std::function<void(http_request, answer_sink)>;

    /// @return what the settings' `validate`, `net::listen_tcp` and the Unix socket say.
    [[nodiscard]] static result<std::unique_ptr<http_door>> open(
        boost::asio::io_context& on, door_settings settings, handler serve, logger log);
    http_door(const http_door&) = delete;
    http_door& operator=(const http_door&) = delete;
    ~http_door();

    /// "127.0.0.1:4711"; empty where there is none.
    [[nodiscard]] const std::string& where() const noexcept;
    [[nodiscard]] door_counters counters() const noexcept;
    /// Takes no new connection from here on; those that are open get the answers they wait for, and end.
    void close();

  private:
    struct impl;
    explicit http_door(std::shared_ptr<impl> body);
    std::shared_ptr<impl> impl_;
};

} // namespace cipherlane::service
