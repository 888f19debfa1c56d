#pragma once

#include <cipherlane/core/result.hpp>

#include <boost/asio/io_context.hpp>
#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <functional>
#include <memory>

namespace cipherlane::sim {

/// The rig's handle on a simulator (`--control PORT`): one JSON object a line in, one out, over TCP on 127.0.0.1.
///
/// A request is `{"cmd": "NAME", …}`; the answer is the handler's object with `"ok": true` added, or
/// `{"ok": false, "error": "…"}` when the handler throws `std::exception`. The handler runs on the io_context's
/// thread.
///
/// Who may speak: programs of this process' own user, as the kernel's table of connections has it. A line that is no
/// JSON object is refused and ends the connection, so that no web page can hide a command in an HTTP request. At most
/// 64 clients at a time; the first line must come within ten seconds.
class control_channel {
  public:
    using handler = std::function<nlohmann::json(const nlohmann::json& request)>;

    /// Listens on `port` (0: any free one). `local_fault` or a system error if it cannot.
    [[nodiscard]] static result<std::unique_ptr<control_channel>> listen(
        boost::asio::io_context& on, std::uint16_t port, handler answer);
    control_channel(const control_channel&) = delete;
    control_channel& operator=(const control_channel&) = delete;
    ~control_channel();

    [[nodiscard]] std::uint16_t port() const noexcept;

  private:
    struct impl;
    explicit control_channel(std::unique_ptr<impl> body);
    std::unique_ptr<impl> impl_;
};

} // namespace cipherlane::sim
