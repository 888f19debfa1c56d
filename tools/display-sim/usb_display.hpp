#pragma once

#include "display-sim/display_model.hpp"
#include "simkit/usb_device.hpp"

#include <functional>
#include <string>

namespace cipherlane::sim {

/// A display model at the end of a USB device.
class usb_display final : public usb_device {
  public:
    /// Families: "bulk-panel", "hid-plate", "escpos". Throws `std::invalid_argument` for another.
    explicit usb_display(
        const std::string& family, const display_options& options = {}, std::string serial_number = "SN0001");

    /// As `display_model::control`, and `read`: what readers find in the picture.
    nlohmann::json ask(const nlohmann::json& request) override;
    /// Called after each message that the model was given, under its lock.
    void watch(std::function<void(display_model&)> observer);

  private:
    void given() override;

    [[nodiscard]] display_model& display() noexcept { return static_cast<display_model&>(model()); }

    std::function<void(display_model&)> observer_;
};

} // namespace cipherlane::sim
