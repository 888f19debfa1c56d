#pragma once

#include <cipherlane/drivers/transport/usb.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cipherlane::drivers {

/// A row of the table of devices that a driver is known to fit, by what they say of themselves on USB.
struct known_device {
    enum class certainty : std::uint8_t {
        device, ///< these ids belong to devices of this driver, or of the rows beside it
        chip,   ///< the ids of a common interface chip: the device behind it must be asked
    };

    std::uint16_t vendor = 0;
    std::uint16_t product = 0;
    std::string_view driver; ///< a family of `display_families`: "weact", "bonrix"
    std::string_view words;  ///< for people
    certainty sure = certainty::device;
};

/// The devices that this library knows, in the order of their ids.
[[nodiscard]] std::span<const known_device> known_devices() noexcept;

/// One device that is plugged in, and what can be done with it.
struct found_device {
    enum class kind : std::uint8_t { serial, hid, usb };
    enum class access : std::uint8_t { usable, denied, busy, missing };

    kind what = kind::serial;
    std::string path;     ///< what to open: by-id where there is one; identity for `usb`
    std::string identity; ///< what stays the same over replugging
    std::optional<std::uint16_t> vendor;
    std::optional<std::uint16_t> product;
    std::string name;                 ///< as the device calls itself
    std::vector<std::string> drivers; ///< that fit, best first; empty: none is known, any serial protocol may be
    access state = access::usable;
    std::string reason; ///< in words, why it cannot be opened and what to do about it; empty if it can
};

/// What is plugged in, with the driver that fits and, in words, why a device cannot be opened. Opens no serial line
/// (opening moves DTR). A USB device that is here as a serial line or HID is not listed a third time.
/// `usb` may be null: no raw USB devices then. `root` is "/" but in tests.
[[nodiscard]] std::vector<found_device> discover(const usb_host* usb, const std::string& root = "/");

/// The udev rule that opens such a device to a group (`dialout` for serial lines, else `plugdev`) and to whoever sits
/// at the machine; one line, for a file of its own in /etc/udev/rules.d whose name comes before 73.
[[nodiscard]] std::string udev_rule(found_device::kind what, std::uint16_t vendor, std::uint16_t product);

/// Why this process cannot open a device node for reading and writing, in words: which group owns it, whether this
/// user is in that group, which rule would help. Empty if it can.
/// @param rule the udev rule to be written for it; empty: the rules of this library have one
[[nodiscard]] std::string explain_access(const std::string& node, const std::string& rule = {});

} // namespace cipherlane::drivers
