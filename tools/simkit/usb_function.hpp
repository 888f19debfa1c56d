#pragma once

#include "simkit/device_model.hpp"

#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

namespace cipherlane::sim {

/// A request block of the host's USB stack, as usbfs and usbip carry them.
struct usb_request {
    std::uint64_t id = 0;
    std::uint8_t endpoint = 0; ///< 0: control
    control_request setup{};   ///< of a control request
    bytes data{};              ///< to the device
    std::size_t room = 0;      ///< for data to the host
    bool zero_packet = false;  ///< an empty packet follows data that fills its last one
};

/// How a request ended. `status` is 0 or a negative errno, as both carriers report it.
struct usb_outcome {
    std::uint64_t id = 0;
    int status = 0;
    bytes data{};           ///< from the device
    std::size_t actual = 0; ///< bytes moved in either direction
};

/// A device model seen from the bus: endpoints, packets, pending requests, stalls. Shared by all carriers that speak
/// USB; each adds only how requests reach it and outcomes leave it.
///
/// Thread-safe; `finished` and the model are called with the lock held, which is recursive, so that a model may send
/// while it is told something.
class usb_function final : public carrier {
  public:
    using sink = std::function<void(usb_outcome)>;

    usb_function(device_model& model, sink finished);

    /// For the carrier below.
    /// @return false for an endpoint that does not exist.
    [[nodiscard]] bool submit(usb_request request);
    /// Ends a pending request with -ENOENT and what it has so far; false if it is not pending.
    bool cancel(std::uint64_t id);
    void clear_halt(std::uint8_t endpoint);
    /// All pending requests end with -ESHUTDOWN; no new ones are taken.
    void disconnect();
    [[nodiscard]] bool connected() const;
    /// A host opened the device.
    void attach();
    /// The one lock of the device: a carrier takes it for its own state too.
    [[nodiscard]] std::recursive_mutex& mutex() const noexcept { return mutex_; }

    // For models and tests.
    void send(std::uint8_t endpoint, byte_view message, message_end end = message_end::closed) override;
    void halt(std::uint8_t endpoint) override;
    void set_pace(std::uint8_t endpoint, pace value) override;
    void unplug() override { on_unplug(); }
    /// One packet as it is, larger than the endpoint allows if asked: babble.
    void send_packet(std::uint8_t endpoint, bytes packet);
    /// The next request on this endpoint fails with this status.
    void fail_next(std::uint8_t endpoint, int status);
    /// Requests that wait on this endpoint.
    [[nodiscard]] std::size_t pending(std::uint8_t endpoint) const;

    /// What `unplug` does; set by the carrier.
    std::function<void()> on_unplug = [] {};

  private:
    struct waiting {
        usb_request request;
        bytes got{};
    };
    struct pipe {
        usb_endpoint what{};
        std::deque<waiting> requests{};
        std::deque<bytes> packets{}; ///< to the host
        bool halted = false;
        bool waits = false;
        int fails_next = 0;
    };

    [[nodiscard]] static bool to_host(std::uint8_t endpoint) { return (endpoint & 0x80U) != 0; }
    void run_control(const usb_request& request);
    [[nodiscard]] std::optional<bytes> answer_control(const usb_request& request);
    [[nodiscard]] std::optional<bytes> answer_descriptor(const control_request& setup) const;
    [[nodiscard]] bytes answer_status(const control_request& setup) const;
    [[nodiscard]] std::optional<bytes> change_feature(const control_request& setup);
    void advance(pipe& line);
    void take_out(pipe& line);
    [[nodiscard]] bool fill_in(pipe& line);
    void finish(pipe& line, int status);
    void end_all(pipe& line, int status);

    mutable std::recursive_mutex mutex_;
    device_model& model_;
    sink finished_;
    std::map<std::uint8_t, pipe> pipes_;
    bool connected_ = true;
};

} // namespace cipherlane::sim
