#pragma once

#include "simkit/device_model.hpp"

#include <functional>
#include <utility>

namespace cipherlane::sim {

/// The simplest USB device: sends each whole message back. Endpoints: 0x01 bulk out, 0x81 bulk in, 0x82 interrupt in.
/// Vendor request 0x42 gives the number of messages; the four bytes "BYE!" call `on_bye`. As a HID device it sends
/// the first eight bytes of each output report back as an input report.
class echo_model final : public device_model {
  public:
    explicit echo_model(std::string serial_number = "SN0001");

    [[nodiscard]] const usb_identity& identity() const override { return identity_; }
    void received(carrier& host, std::uint8_t endpoint, byte_view data, input state) override;
    [[nodiscard]] std::optional<bytes> control(
        carrier& host, const control_request& request, byte_view data) override;

    /// Before it is plugged in: it is a HID device too, and the kernel's usbhid holds the interface.
    void become_hid();
    /// Whole messages so far. Read it when the device is at rest.
    [[nodiscard]] std::size_t messages() const noexcept { return messages_; }
    /// Called from within `received`: only to tell another thread.
    std::function<void()> on_bye = [] {};

  private:
    usb_identity identity_;
    bytes message_;
    std::size_t messages_ = 0;
};

} // namespace cipherlane::sim
