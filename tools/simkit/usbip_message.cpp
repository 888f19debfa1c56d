#include "simkit/usbip_message.hpp"

#include <cipherlane/core/errc.hpp>

#include <string_view>

namespace cipherlane::sim {
namespace {

enum class command : std::uint32_t { submit = 1, unlink = 2, submitted = 3, unlinked = 4 };

/// Byte offsets in the header.
constexpr std::size_t at_command = 0x00;
constexpr std::size_t at_sequence = 0x04;
constexpr std::size_t at_direction = 0x0C;
constexpr std::size_t at_endpoint = 0x10;
constexpr std::size_t at_flags = 0x14;  // submit
constexpr std::size_t at_victim = 0x14; // unlink
constexpr std::size_t at_status = 0x14; // both answers
constexpr std::size_t at_length = 0x18;
constexpr std::size_t at_packets = 0x20;
constexpr std::size_t at_setup = 0x28;

constexpr std::uint32_t zero_packet_flag = 0x40;
constexpr std::uint32_t not_isochronous = 0xFFFFFFFF;
constexpr std::uint32_t last_endpoint = 15;

std::uint32_t word(byte_view header, std::size_t at) {
    return (std::uint32_t{load_be16(&header[at])} << 16) | load_be16(&header[at + 2]);
}

void set_word(usbip_header& header, std::size_t at, std::uint32_t value) noexcept {
    store_be16(&header[at], static_cast<std::uint16_t>(value >> 16));
    store_be16(&header[at + 2], static_cast<std::uint16_t>(value));
}

error refused(std::string_view field, std::size_t at) {
    return error(core_errc::out_of_range, layer::tools).during("usbip header").in_field(field).at_offset(at);
}

/// The setup packet is as it is on the bus: little-endian.
control_request setup_of(byte_view header) {
    const auto half = [header](std::size_t at) {
        return static_cast<std::uint16_t>(header[at_setup + at] | (header[at_setup + at + 1] << 8));
    };
    return {header[at_setup], header[at_setup + 1], half(2), half(4), half(6)};
}

result<usbip_command> decode_submit(byte_view header) {
    const std::uint32_t direction = word(header, at_direction);
    const std::uint32_t endpoint = word(header, at_endpoint);
    const std::uint32_t packets = word(header, at_packets);
    if (direction > 1) return refused("direction", at_direction);
    if (endpoint > last_endpoint) return refused("ep", at_endpoint);
    usbip_submit asked;
    asked.sequence = word(header, at_sequence);
    asked.endpoint = static_cast<std::uint8_t>(endpoint | (direction << 7));
    asked.zero_packet = (word(header, at_flags) & zero_packet_flag) != 0;
    asked.length = word(header, at_length);
    if (asked.length > usbip_largest_transfer) return refused("transfer_buffer_length", at_length);
    // The document's table says all ones, its example and the kernel send 0.
    if (packets != not_isochronous && packets != 0) return refused("number_of_packets", at_packets);
    if (asked.control()) asked.setup = setup_of(header);
    return asked;
}

usbip_header answer(command what, std::uint32_t sequence, int status) noexcept {
    usbip_header header{};
    set_word(header, at_command, static_cast<std::uint32_t>(what));
    set_word(header, at_sequence, sequence);
    set_word(header, at_status, static_cast<std::uint32_t>(status));
    return header;
}

} // namespace

result<usbip_command> decode_usbip(byte_view header) {
    if (header.size() != usbip_header_size) {
        return error(core_errc::wrong_length, layer::tools).during("usbip header").at_offset(header.size());
    }
    switch (static_cast<command>(word(header, at_command))) {
    case command::submit: return decode_submit(header);
    case command::unlink: return usbip_unlink{word(header, at_sequence), word(header, at_victim)};
    default: return refused("command", at_command);
    }
}

usbip_header encode_usbip_submitted(std::uint32_t sequence, int status, std::size_t actual) noexcept {
    usbip_header header = answer(command::submitted, sequence, status);
    set_word(header, at_length, static_cast<std::uint32_t>(actual));
    return header;
}

usbip_header encode_usbip_unlinked(std::uint32_t sequence, int status) noexcept {
    return answer(command::unlinked, sequence, status);
}

} // namespace cipherlane::sim
