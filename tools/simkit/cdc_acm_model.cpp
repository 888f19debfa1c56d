#include "simkit/cdc_acm_model.hpp"

#include <array>
#include <utility>

namespace cipherlane::sim {
namespace {

// USB CDC PSTN 1.20: requests of the abstract control model (6.3), functional descriptors (5.3).
constexpr std::uint8_t to_interface = 0x21;
constexpr std::uint8_t from_interface = 0xA1;
constexpr std::uint8_t set_line_coding = 0x20;
constexpr std::uint8_t get_line_coding = 0x21;
constexpr std::uint8_t set_control_line_state = 0x22;
constexpr std::uint8_t send_break = 0x23;
constexpr std::uint16_t data_terminal_ready = 1;

constexpr std::array<std::uint8_t, 19> functional_descriptors{
    5, 0x24, 0x00, 0x10, 0x01, // header: CDC 1.10
    5, 0x24, 0x01, 0x00, 1,    // call management: none; data on interface 1
    4, 0x24, 0x02, 0x06,       // abstract control: line coding, break
    5, 0x24, 0x06, 0, 1,       // union of interfaces 0 and 1
};

} // namespace

cdc_acm_model::cdc_acm_model(
    std::uint16_t vendor, std::uint16_t product, std::string product_name, std::string serial_number) {
    identity_.vendor = vendor;
    identity_.product = product;
    identity_.manufacturer = "Cipherlane";
    identity_.product_name = std::move(product_name);
    identity_.serial_number = std::move(serial_number);
    identity_.interface_class = 0x02; // communication, abstract control
    identity_.interface_subclass = 0x02;
    identity_.class_descriptor.assign(functional_descriptors.begin(), functional_descriptors.end());
    identity_.endpoints = {{notify_endpoint, usb_endpoint::kind::interrupt, 8, 10}};
    identity_.further_interfaces = {{0x0A, 0, 0, {},
        {{out_endpoint, usb_endpoint::kind::bulk, 64, 0}, {in_endpoint, usb_endpoint::kind::bulk, 64, 0}}}};
    identity_.kernel_driver = "cdc_acm";
}

void cdc_acm_model::received(carrier&, std::uint8_t, byte_view data, input) {
    if (!data.empty()) on_data(data);
}

std::optional<bytes> cdc_acm_model::control(carrier&, const control_request& request, byte_view data) {
    if (request.type == from_interface && request.request == get_line_coding) return line_coding_;
    if (request.type != to_interface) return std::nullopt;
    switch (request.request) {
    case set_line_coding:
        if (data.size() != line_coding_.size()) return std::nullopt;
        line_coding_.assign(data.begin(), data.end());
        return bytes{};
    case set_control_line_state: {
        const bool open = (request.value & data_terminal_ready) != 0;
        if (std::exchange(open_, open) != open) (open ? on_opened : on_closed)();
        return bytes{};
    }
    case send_break: return bytes{};
    default: return std::nullopt;
    }
}

std::uint32_t cdc_acm_model::baud() const noexcept {
    return static_cast<std::uint32_t>(line_coding_[0]) | (static_cast<std::uint32_t>(line_coding_[1]) << 8) |
           (static_cast<std::uint32_t>(line_coding_[2]) << 16) | (static_cast<std::uint32_t>(line_coding_[3]) << 24);
}

} // namespace cipherlane::sim
