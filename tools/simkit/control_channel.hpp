#pragma once

#include "simkit/control_address.hpp"

#include <cipherlane/core/result.hpp>

#include <boost/asio/io_context.hpp>
#include <nlohmann/json_fwd.hpp>

#include <functional>
#include <memory>
#include <string>

namespace cipherlane::sim {

/// What a line of a control channel is answered with.
struct control_reply {
    std::string line;     ///< one JSON object and its end
    bool foreign = false; ///< no JSON object came: the connection ends
};

/// The rig's handle on a simulator (`--control PORT|unix:PATH`): one JSON object a line in, one out, over TCP on
/// 127.0.0.1 or a Unix socket of mode 0600.
///
/// A request is `{"cmd": "NAME", …}`; the answer is the handler's object with `"ok": true` added, or
/// `{"ok": false, "error": "…"}` when the handler throws `std::exception`. The handler runs on the io_context's
/// thread.
///
/// Who may speak: programs of this process' own user, as the kernel's table of connections has it, or the Unix socket
/// itself. A line that is no JSON object is refused and ends the connection, so that no web page can hide a command
/// in an HTTP request. At most 64 clients at a time.
class control_channel {
  public:
    using handler = std::function<nlohmann::json(const nlohmann::json& request)>;

    /// @return `local_fault` or a system error if it cannot; of a Unix socket what `unix_listener::open` says.
    [[nodiscard]] static result<std::unique_ptr<control_channel>> listen(
        boost::asio::io_context& on, const control_address& where, handler answer);
    /// The answer to one line, whatever it holds; never throws what `answer` throws.
    [[nodiscard]] static control_reply reply_to(const std::string& line, const handler& answer);
    control_channel(const control_channel&) = delete;
    control_channel& operator=(const control_channel&) = delete;
    ~control_channel();

    /// "127.0.0.1:PORT" or "unix:PATH", as `control_client::connect` takes it.
    [[nodiscard]] std::string where() const;

  private:
    struct impl;
    explicit control_channel(std::unique_ptr<impl> body);
    std::unique_ptr<impl> impl_;
};

} // namespace cipherlane::sim
