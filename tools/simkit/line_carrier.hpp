#pragma once

#include "simkit/device_model.hpp"

#include <functional>

namespace cipherlane::sim {

/// Carries a device model over one line without packets: a pty (`pty_port`), a TCP connection. Endpoints are not
/// told apart, a message has no end but its own, and a halt is not to be seen.
///
///     sim::pty_port port(io, [&](byte_view data) { line.take(data); });
///     sim::line_carrier line(model, [&](bytes data) { port.send(std::move(data)); }, [&] { port.unplug(); });
///
/// Belongs to the thread of what lies below.
class line_carrier final : public carrier {
  public:
    /// `endpoint` is the one that the model is told input comes from.
    line_carrier(device_model& model, std::function<void(bytes)> send, std::function<void()> unplug,
        std::uint8_t endpoint = 0x01);

    /// The host opened the line.
    void attach();
    /// What the host wrote.
    void take(byte_view data);

    void send(std::uint8_t endpoint, byte_view message, message_end end = message_end::closed) override;
    void halt(std::uint8_t endpoint) override;
    /// While it waits, what the host writes is kept, as a device with flow control leaves it in the host's buffers.
    void set_pace(std::uint8_t endpoint, pace value) override;
    void unplug() override;

  private:
    device_model& model_;
    std::function<void(bytes)> send_;
    std::function<void()> unplug_;
    std::uint8_t endpoint_;
    bool waits_ = false;
    bytes kept_;
};

} // namespace cipherlane::sim
