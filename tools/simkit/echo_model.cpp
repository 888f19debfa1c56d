#include "simkit/echo_model.hpp"

namespace cipherlane::sim {

echo_model::echo_model(std::string serial_number) {
    identity_.vendor = 0x1209; // pid.codes, 0x5A01 is private to this project's tests
    identity_.product = 0x5A01;
    identity_.manufacturer = "Cipherlane";
    identity_.product_name = "Echo";
    identity_.serial_number = std::move(serial_number);
    identity_.endpoints = {
        {0x01, usb_endpoint::kind::bulk, 64, 0},
        {0x81, usb_endpoint::kind::bulk, 64, 0},
        {0x82, usb_endpoint::kind::interrupt, 8, 10},
    };
}

void echo_model::received(carrier& host, std::uint8_t, byte_view data, input state) {
    message_.insert(message_.end(), data.begin(), data.end());
    if (state == input::goes_on) return;
    ++messages_;
    const bytes whole = std::exchange(message_, {});
    if (as_text(whole) == "BYE!") return on_bye();
    host.send(0x81, whole);
}

std::optional<bytes> echo_model::control(carrier&, const control_request& request, byte_view) {
    if (request.type == 0xC0 && request.request == 0x42) return bytes{static_cast<std::uint8_t>(messages_)};
    if (request.type == 0x40 && request.request == 0x43) {
        messages_ = request.value;
        return bytes{};
    }
    return std::nullopt;
}

} // namespace cipherlane::sim
