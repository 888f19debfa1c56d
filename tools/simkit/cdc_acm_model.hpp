#pragma once

#include "simkit/device_model.hpp"

#include <functional>

namespace cipherlane::sim {

/// A serial device on USB, as a kernel's cdc-acm driver takes it: two interfaces, line settings by control requests.
/// What lies behind the line is the owner's: `on_data` gets what the host writes; send to the host on `in_endpoint`.
class cdc_acm_model final : public device_model {
  public:
    static constexpr std::uint8_t notify_endpoint = 0x81;
    static constexpr std::uint8_t out_endpoint = 0x02;
    static constexpr std::uint8_t in_endpoint = 0x82;

    cdc_acm_model(std::uint16_t vendor, std::uint16_t product, std::string product_name, std::string serial_number);

    [[nodiscard]] const usb_identity& identity() const override { return identity_; }
    void received(carrier& host, std::uint8_t endpoint, byte_view data, input state) override;
    [[nodiscard]] std::optional<bytes> control(
        carrier& host, const control_request& request, byte_view data) override;

    /// Called with the carrier's lock held.
    std::function<void(byte_view)> on_data = [](byte_view) {};
    /// The host raised or dropped DTR: it opened or closed the line.
    std::function<void()> on_opened = [] {};
    std::function<void()> on_closed = [] {};

    /// The rate that the host set last. Read it with the carrier at rest.
    [[nodiscard]] std::uint32_t baud() const noexcept;

  private:
    usb_identity identity_;
    bytes line_coding_{0x80, 0x25, 0, 0, 0, 0, 8}; ///< 9600 8N1, as the host reads and writes it
    bool open_ = false;
};

} // namespace cipherlane::sim
