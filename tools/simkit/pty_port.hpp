#pragma once

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>

#include <boost/asio/io_context.hpp>

#include <functional>
#include <memory>
#include <string>

namespace cipherlane::sim {

/// A simulated device's end of a pseudo-terminal, served by an io_context. It can be unplugged (the driver's reads
/// and writes fail as with a real device) and plugged in again, under the same name if a link is asked for: the
/// device node itself gets a new number each time.
/// Belongs to the io_context's thread.
class pty_port {
  public:
    using receiver = std::function<void(byte_view)>;

    /// `take` gets what the driver wrote. `link`: path of a symbolic link to the device node, empty for none; an
    /// existing file that is no link is never replaced.
    pty_port(boost::asio::io_context& on, receiver take, std::string link = {});
    pty_port(const pty_port&) = delete;
    pty_port& operator=(const pty_port&) = delete;
    ~pty_port();

    [[nodiscard]] result<void> plug();
    void unplug();
    [[nodiscard]] bool plugged() const noexcept;
    /// What the driver opens: the link, or else the device node.
    [[nodiscard]] const std::string& path() const noexcept;
    /// Sends to the driver, after what was sent before; dropped while unplugged.
    void send(bytes data);

  private:
    struct impl;
    std::shared_ptr<impl> impl_;
};

} // namespace cipherlane::sim
