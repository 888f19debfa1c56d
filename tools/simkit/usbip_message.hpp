#pragma once

#include "simkit/device_model.hpp"

#include <cipherlane/core/bytes.hpp>
#include <cipherlane/core/result.hpp>

#include <array>
#include <cstdint>
#include <variant>

namespace cipherlane::sim {

/// A request block on its way to the device (USBIP_CMD_SUBMIT). Data to the device follows the header.
struct usbip_submit {
    std::uint32_t sequence = 0;
    std::uint8_t endpoint = 0; ///< with its direction in bit 7, as descriptors have it; 0 or 0x80: control
    bool zero_packet = false;  ///< an empty packet follows data that fills its last one
    std::uint32_t length = 0;  ///< of the data, or of the room for it
    control_request setup{};   ///< of a control request

    [[nodiscard]] bool to_host() const noexcept { return (endpoint & 0x80U) != 0; }
    [[nodiscard]] bool control() const noexcept { return (endpoint & 0x7FU) == 0; }
    /// Bytes behind the header.
    [[nodiscard]] std::size_t payload() const noexcept { return to_host() ? 0 : length; }
};

/// The host takes a request back (USBIP_CMD_UNLINK).
struct usbip_unlink {
    std::uint32_t sequence = 0;
    std::uint32_t victim = 0; ///< sequence number of the request
};

using usbip_command = std::variant<usbip_submit, usbip_unlink>;

/// The four messages of USB/IP that carry request blocks, once a device is imported: a header of twelve big-endian
/// words, then data. The kernel's Documentation/usb/usbip_protocol.rst describes them.
inline constexpr std::size_t usbip_header_size = 48;
/// The largest request that is taken; usbfs allows as much to all programs together.
inline constexpr std::uint32_t usbip_largest_transfer = 16U * 1024 * 1024;

using usbip_header = std::array<std::uint8_t, usbip_header_size>;

/// Reads a header of the host; `header` holds exactly `usbip_header_size` bytes.
/// @return `core_errc::wrong_length`, or `core_errc::out_of_range` naming field and offset: an unknown command,
///   direction or endpoint, a length above `usbip_largest_transfer`, isochronous packets.
[[nodiscard]] result<usbip_command> decode_usbip(byte_view header);

/// The answer to a request (USBIP_RET_SUBMIT); data to the host follows it. `status` is 0 or a negative errno. The
/// words for isochronous transfers are 0: the kernel's host takes no other number of packets than it asked for.
[[nodiscard]] usbip_header encode_usbip_submitted(std::uint32_t sequence, int status, std::size_t actual) noexcept;

/// The answer to an unlink (USBIP_RET_UNLINK): -ECONNRESET where the request was taken back and gets no answer of its
/// own, 0 where it had been answered before.
[[nodiscard]] usbip_header encode_usbip_unlinked(std::uint32_t sequence, int status) noexcept;

} // namespace cipherlane::sim
