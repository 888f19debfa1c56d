#pragma once

#include "simkit/device_model.hpp"
#include "simkit/simulated_device.hpp"
#include "simkit/surroundings.hpp"

#include <cipherlane/drivers/timer.hpp>

#include <nlohmann/json_fwd.hpp>

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace cipherlane::sim {

/// A simulated device at the end of USB, for any carrier that speaks it: a vendor's bulk endpoints, a printer's class
/// interface, HID reports. Thread-safe.
class usb_device : public device_model {
  public:
    /// How a HID device cuts what it says into reports.
    struct report_form {
        std::uint8_t out_number = 0;
        std::uint8_t in_number = 0;
        std::size_t size = 0;
    };
    using maker = std::function<std::unique_ptr<simulated_device>(surroundings)>;

    /// @param reports nothing: bytes go as they are.
    usb_device(usb_identity identity, std::optional<report_form> reports, const maker& make);
    ~usb_device() override;

    [[nodiscard]] const usb_identity& identity() const override { return identity_; }
    void received(carrier& host, std::uint8_t endpoint, byte_view data, input state) override;
    void attached(carrier& host) override;
    [[nodiscard]] std::optional<bytes> control(
        carrier& host, const control_request& request, byte_view data) override;

    /// The carrier is about to go away; nothing is sent to it from here on.
    void detached();
    /// The model's control commands, as `simulated_device::control`.
    virtual nlohmann::json ask(const nlohmann::json& request);
    /// Before it is plugged in: no interrupt OUT endpoint, reports come by SET_REPORT on endpoint 0 (HID only).
    void take_reports_by_control();

  protected:
    /// Called after each message that the model was given, under the lock.
    virtual void given() {}
    [[nodiscard]] simulated_device& model() noexcept { return *model_; }
    [[nodiscard]] std::unique_lock<std::recursive_mutex> hold() { return std::unique_lock(mutex_); }

  private:
    void give(byte_view data);
    void send(bytes data);
    [[nodiscard]] bytes report_of(byte_view part) const;
    void later(std::chrono::milliseconds span, std::function<void()> what);
    void leave();

    usb_identity identity_;
    std::optional<report_form> reports_;
    std::recursive_mutex mutex_; // guards the model and what follows
    carrier* host_ = nullptr;
    std::vector<bytes>* outbox_ = nullptr;
    std::unique_ptr<simulated_device> model_;
    std::mutex host_lock_; // held while a timer's task sends; taken before the carrier's own lock
    drivers::thread_timer timer_;
};

} // namespace cipherlane::sim
