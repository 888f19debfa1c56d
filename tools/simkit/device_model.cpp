#include "simkit/device_model.hpp"

#include <array>

namespace cipherlane::sim {
namespace {

constexpr std::uint8_t low(std::uint16_t value) {
    return static_cast<std::uint8_t>(value);
}
constexpr std::uint8_t high(std::uint16_t value) {
    return static_cast<std::uint8_t>(value >> 8);
}

/// String indexes: manufacturer 1, product 2, serial number 3.
std::uint8_t index_of(const std::string& text, std::uint8_t index) {
    return text.empty() ? 0 : index;
}

/// An interface with what belongs to it: class descriptors, endpoints.
void append(bytes& text, std::uint8_t number, const usb_interface& one) {
    const bytes head{9, 4, number, 0, static_cast<std::uint8_t>(one.endpoints.size()), one.class_code, one.subclass,
        one.protocol, 0};
    text.insert(text.end(), head.begin(), head.end());
    text.insert(text.end(), one.class_descriptor.begin(), one.class_descriptor.end());
    for (const auto& endpoint : one.endpoints) {
        const bytes line{7, 5, endpoint.address, static_cast<std::uint8_t>(endpoint.what), low(endpoint.packet_size),
            high(endpoint.packet_size), endpoint.interval};
        text.insert(text.end(), line.begin(), line.end());
    }
}

} // namespace

bytes usb_identity::device_descriptor() const {
    return {18, 1, 0x00, 0x02, 0, 0, 0, 64, low(vendor), high(vendor), low(product), high(product), 0x00, 0x01,
        index_of(manufacturer, 1), index_of(product_name, 2), index_of(serial_number, 3), 1};
}

bytes usb_identity::configuration_descriptor() const {
    const auto count = static_cast<std::uint8_t>(1 + further_interfaces.size());
    bytes text{9, 2, 0, 0, count, 1, 0, 0x80, 50};
    append(text, 0, {interface_class, interface_subclass, interface_protocol, class_descriptor, endpoints});
    for (std::uint8_t number = 1; number < count; ++number)
        append(text, number, further_interfaces[number - 1U]);
    text[2] = low(static_cast<std::uint16_t>(text.size()));
    text[3] = high(static_cast<std::uint16_t>(text.size()));
    return text;
}

std::optional<bytes> usb_identity::string_descriptor(std::uint8_t index) const {
    if (index == 0) return bytes{4, 3, 0x09, 0x04};
    const std::array<const std::string*, 3> texts{&manufacturer, &product_name, &serial_number};
    if (index > texts.size() || texts[index - 1U]->empty()) return std::nullopt;
    bytes descriptor{0, 3};
    for (const char c : *texts[index - 1U]) {
        descriptor.push_back(static_cast<std::uint8_t>(c));
        descriptor.push_back(0);
    }
    descriptor[0] = static_cast<std::uint8_t>(descriptor.size());
    return descriptor;
}

std::optional<bytes> device_model::control(carrier&, const control_request&, byte_view) {
    return std::nullopt;
}

void device_model::attached(carrier&) {}

} // namespace cipherlane::sim
