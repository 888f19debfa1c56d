#pragma once

#include <cipherlane/core/bytes.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace cipherlane::sim {

struct usb_endpoint {
    enum class kind : std::uint8_t { bulk = 2, interrupt = 3 };
    std::uint8_t address = 0; ///< 0x80 set: to the host
    kind what = kind::bulk;
    std::uint16_t packet_size = 64;
    std::uint8_t interval = 0; ///< of an interrupt endpoint, in milliseconds
};

/// An interface beside the first one.
struct usb_interface {
    std::uint8_t class_code = 0xFF;
    std::uint8_t subclass = 0;
    std::uint8_t protocol = 0;
    bytes class_descriptor{};
    std::vector<usb_endpoint> endpoints{};
};

/// What a device says of itself on USB. Carriers that are not USB use nothing of it.
struct usb_identity {
    std::uint16_t vendor = 0;
    std::uint16_t product = 0;
    std::string manufacturer;
    std::string product_name;
    std::string serial_number; ///< may be empty
    std::uint8_t interface_class = 0xFF;
    std::uint8_t interface_subclass = 0;
    std::uint8_t interface_protocol = 0;
    bytes class_descriptor{}; ///< between interface and endpoints, as HID has one
    std::vector<usb_endpoint> endpoints;
    std::vector<usb_interface> further_interfaces{}; ///< numbered from 1
    std::string kernel_driver{};                     ///< bound to interface 0, e.g. "usbhid"

    [[nodiscard]] bytes device_descriptor() const;
    [[nodiscard]] bytes configuration_descriptor() const;
    /// Index 0 lists the languages; nothing for an index that does not exist.
    [[nodiscard]] std::optional<bytes> string_descriptor(std::uint8_t index) const;
};

/// A control request as it came from the host.
struct control_request {
    std::uint8_t type = 0;
    std::uint8_t request = 0;
    std::uint16_t value = 0;
    std::uint16_t index = 0;
    std::uint16_t length = 0;
};

/// Whether a message to the host that fills its last packet is closed with an empty one.
enum class message_end { closed, open };

/// What a device model can do towards its host, whatever lies between: a pty, TCP, emulated usbfs, a usbip stream.
/// Carriers without endpoints take any endpoint for their one line; those without packets know no halt.
class carrier {
  public:
    carrier() = default;
    carrier(const carrier&) = delete;
    carrier& operator=(const carrier&) = delete;
    virtual ~carrier() = default;

    /// Queues a message for the host.
    virtual void send(std::uint8_t endpoint, byte_view message, message_end end = message_end::closed) = 0;
    /// Halts an endpoint: the host sees a stall until it clears it.
    virtual void halt(std::uint8_t endpoint) = 0;
    /// Whether the device makes the host wait on this endpoint.
    enum class pace { ready, wait };
    virtual void set_pace(std::uint8_t endpoint, pace value) = 0;
    /// The device leaves. Not to be called from within `device_model::received` or `control`.
    virtual void unplug() = 0;
};

/// A device that exists only as a program: its protocol, its state, what it shows. Transport-neutral.
///
/// The carrier calls it one call at a time; it may use the carrier from within a call.
class device_model {
  public:
    device_model() = default;
    device_model(const device_model&) = delete;
    device_model& operator=(const device_model&) = delete;
    virtual ~device_model() = default;

    [[nodiscard]] virtual const usb_identity& identity() const = 0;
    /// Whether a piece of input ends the host's message: a short or an empty packet. Lines know no such end.
    enum class input { goes_on, ends };
    virtual void received(carrier& host, std::uint8_t endpoint, byte_view data, input state) = 0;
    /// A class or vendor request. The answer (empty for host-to-device), or nothing: the device stalls.
    [[nodiscard]] virtual std::optional<bytes> control(carrier& host, const control_request& request, byte_view data);
    /// A host opened the device, or came back.
    virtual void attached(carrier& host);
};

} // namespace cipherlane::sim
