#pragma once

#include "display-sim/display_model.hpp"
#include "simkit/device_model.hpp"

#include <cipherlane/drivers/display/timer.hpp>

#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace cipherlane::sim {

/// A display model at the end of a USB device, for any carrier that speaks USB: a vendor's bulk endpoints, a
/// printer's class interface, HID reports. Thread-safe.
class usb_display final : public device_model {
  public:
    /// Families: "bulk-panel", "hid-plate", "escpos". Throws `std::invalid_argument` for another.
    explicit usb_display(
        const std::string& family, const display_options& options = {}, std::string serial_number = "SN0001");
    ~usb_display() override;

    [[nodiscard]] const usb_identity& identity() const override { return identity_; }
    void received(carrier& host, std::uint8_t endpoint, byte_view data, input state) override;
    void attached(carrier& host) override;

    /// The carrier is about to go away; nothing is sent to it from here on.
    void detached();
    /// The model's control commands, as `display_model::control`.
    nlohmann::json ask(const nlohmann::json& request);
    /// Called after each message that the model was given, under its lock.
    void watch(std::function<void(display_model&)> observer);
    /// Before it is plugged in: no interrupt OUT endpoint, reports come by SET_REPORT on endpoint 0 (HID only).
    void take_reports_by_control();
    [[nodiscard]] std::optional<bytes> control(
        carrier& host, const control_request& request, byte_view data) override;

  private:
    struct reports {
        std::uint8_t out_number = 0;
        std::uint8_t in_number = 0;
        std::size_t size = 0;
    };
    void give(byte_view data);
    void send(bytes data);
    [[nodiscard]] bytes report_of(byte_view part) const;
    void later(std::chrono::milliseconds span, std::function<void()> what);

    usb_identity identity_;
    std::optional<reports> reports_;
    std::recursive_mutex mutex_; // guards the model and what follows
    carrier* host_ = nullptr;
    std::vector<bytes>* outbox_ = nullptr;
    std::function<void(display_model&)> observer_;
    std::unique_ptr<display_model> model_;
    std::mutex host_lock_; // held while a timer's task sends; taken before the carrier's own lock
    drivers::thread_timer timer_;
};

} // namespace cipherlane::sim
