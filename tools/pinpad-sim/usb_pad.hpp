#pragma once

#include "pinpad-sim/pad_model.hpp"
#include "simkit/usb_device.hpp"

#include <memory>
#include <utility>

namespace cipherlane::sim {

/// A pad model at the end of a USB device: a vendor's pair of bulk endpoints.
class usb_pad final : public usb_device {
  public:
    usb_pad(pad_model::settings with, master_keys keys, const logger& log)
        : usb_device(own_identity(), std::nullopt, [&](surroundings around) {
            return std::make_unique<pad_model>(std::move(with), std::move(keys), std::move(around), log);
        }) {}

  private:
    [[nodiscard]] static usb_identity own_identity() {
        usb_identity made;
        made.vendor = 0x1209; // pid.codes; the product is private to this project's tests
        made.product = 0x5A31;
        made.manufacturer = "Cipherlane";
        made.product_name = "PIN pad";
        made.serial_number = "SN0001";
        using kind = usb_endpoint::kind;
        made.endpoints = {{0x01, kind::bulk, 64, 0}, {0x81, kind::bulk, 64, 0}};
        return made;
    }
};

} // namespace cipherlane::sim
