#pragma once

#include <cipherlane/core/result.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>

namespace cipherlane::sim {

/// How long an acceptor rests after it could not accept.
inline constexpr std::chrono::milliseconds pause_after_failure{100};

/// Which descriptors a listener's connections may have; one beyond is closed at once.
enum class descriptors : std::uint8_t {
    all_but_the_last, ///< the last are kept for the process' files and its rig
    all,
};

/// False for one of the last descriptors that the process may have.
[[nodiscard]] bool has_room_for(int descriptor) noexcept;

/// A TCP server on 127.0.0.1 that hands over each connection. Stops when destroyed; handed-over connections stay.
class listener {
  public:
    /// Listens on `port` (0: any free one); `accepted` runs on the io_context's thread.
    [[nodiscard]] static result<std::unique_ptr<listener>> open(boost::asio::io_context& on, std::uint16_t port,
        std::function<void(boost::asio::ip::tcp::socket)> accepted,
        descriptors may_use = descriptors::all_but_the_last);
    listener(const listener&) = delete;
    listener& operator=(const listener&) = delete;
    ~listener();

    [[nodiscard]] std::uint16_t port() const noexcept;

  private:
    struct impl;
    explicit listener(std::shared_ptr<impl> body);
    std::shared_ptr<impl> impl_;
};

} // namespace cipherlane::sim
