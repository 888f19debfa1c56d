#pragma once

#include <cipherlane/core/result.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <cstdint>
#include <functional>
#include <memory>

namespace cipherlane::sim {

/// A TCP server on 127.0.0.1 that hands over each connection. Stops when destroyed; handed-over connections stay.
class listener {
  public:
    /// Listens on `port` (0: any free one); `accepted` runs on the io_context's thread.
    [[nodiscard]] static result<std::unique_ptr<listener>> open(
        boost::asio::io_context& on, std::uint16_t port, std::function<void(boost::asio::ip::tcp::socket)> accepted);
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
