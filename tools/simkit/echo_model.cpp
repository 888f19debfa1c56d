#include "simkit/echo_model.hpp"

#include <algorithm>
#include <array>

namespace cipherlane::sim {
namespace {

/// HID 1.11, 6.2.2: a collection of the maker's own with reports of 8 bytes to the host and 64 to the device.
constexpr std::array<std::uint8_t, 27> report_descriptor{0x06, 0x00, 0xFF, 0x09, 0x01, 0xA1, 0x01, // usage FF00:1
    0x15, 0x00, 0x26, 0xFF, 0x00, 0x75, 0x08,                                                      // bytes
    0x95, 0x08, 0x09, 0x02, 0x81, 0x02,                                                            // 8 in
    0x95, 0x40, 0x09, 0x03, 0x91, 0x02,                                                            // 64 out
    0xC0};
constexpr std::size_t input_report = 8;

constexpr std::uint8_t hid_class = 0x03;
constexpr std::uint8_t hid_descriptor = 0x21;
constexpr std::uint8_t hid_report_descriptor = 0x22;

} // namespace

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

void echo_model::become_hid() {
    identity_.interface_class = hid_class;
    identity_.class_descriptor = {
        9, hid_descriptor, 0x11, 0x01, 0, 1, hid_report_descriptor, report_descriptor.size(), 0};
    identity_.kernel_driver = "usbhid";
}

void echo_model::received(carrier& host, std::uint8_t, byte_view data, input state) {
    message_.insert(message_.end(), data.begin(), data.end());
    if (state == input::goes_on) return;
    ++messages_;
    const bytes whole = std::exchange(message_, {});
    if (as_text(whole) == "BYE!") return on_bye();
    host.send(0x81, whole);
}

std::optional<bytes> echo_model::control(carrier& host, const control_request& request, byte_view data) {
    if (request.type == 0x81 && request.request == 0x06 && request.value >> 8 == hid_report_descriptor) {
        return bytes(report_descriptor.begin(), report_descriptor.end());
    }
    if (request.type == 0x21 && request.request == 0x09) { // SET_REPORT
        const auto part = data.first(std::min(data.size(), input_report));
        bytes report(part.begin(), part.end());
        report.resize(input_report);
        host.send(0x82, report, message_end::open);
        return bytes{};
    }
    if (request.type == 0xC0 && request.request == 0x42) return bytes{static_cast<std::uint8_t>(messages_)};
    if (request.type == 0x40 && request.request == 0x43) {
        messages_ = request.value;
        return bytes{};
    }
    return std::nullopt;
}

} // namespace cipherlane::sim
