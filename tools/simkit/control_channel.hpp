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
/// `{"ok": false, "error": "…"}` when the line is no JSON object or the handler throws `std::exception`. Any number
/// of clients; the handler runs on the io_context's thread.
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
