#pragma once

#include <cipherlane/core/result.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>

#include <functional>
#include <memory>
#include <string>

namespace cipherlane::sim {

/// A server on a Unix socket of mode 0600 that hands over each connection of its own user. When destroyed it stops
/// and takes its socket away; handed-over connections stay.
class unix_listener {
  public:
    /// Makes the socket `path`, in a folder that nobody else may write to: whoever can could put a socket of his own
    /// in its place. One that an ended program of this user left there is replaced, nothing else is.
    /// @param accepted runs on the io_context's thread.
    /// @return `local_fault`: `core_errc::file_mode`, `file_owner` (of the folder, or of what is there), `file_kind`
    /// (something else is there, or the path has more than 107 characters), `no_file` (no such folder); a system
    /// error, "address in use" among them.
    [[nodiscard]] static result<std::unique_ptr<unix_listener>> open(boost::asio::io_context& on,
        const std::string& path, std::function<void(boost::asio::local::stream_protocol::socket)> accepted);
    unix_listener(const unix_listener&) = delete;
    unix_listener& operator=(const unix_listener&) = delete;
    ~unix_listener();

    [[nodiscard]] const std::string& path() const noexcept;

  private:
    struct impl;
    explicit unix_listener(std::shared_ptr<impl> body);
    std::shared_ptr<impl> impl_;
};

} // namespace cipherlane::sim
