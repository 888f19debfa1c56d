#pragma once

#include <cipherlane/core/result.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace cipherlane::drivers {

/// A serial port as the system knows it.
struct serial_port_info {
    std::string path;                    ///< "/dev/ttyUSB0"
    std::string by_id;                   ///< "/dev/serial/by-id/…"; empty without udev or for a built-in port
    std::optional<std::uint16_t> vendor; ///< of the USB device behind it
    std::optional<std::uint16_t> product;
    std::string serial_number;
    std::string product_name;
    std::string usb_port; ///< "1-1.2": where it is plugged in

    /// What stays the same over replugging: by_id, else the USB port, else the path.
    [[nodiscard]] const std::string& identity() const noexcept;
};

/// The serial ports that have hardware behind them, in the order of their paths. `root` is "/" but in tests.
[[nodiscard]] std::vector<serial_port_info> list_serial_ports(const std::string& root = "/");

/// Which port is meant; empty members match anything.
struct serial_port_filter {
    std::optional<std::uint16_t> vendor;
    std::optional<std::uint16_t> product;
    std::string serial_number;
    std::string usb_port;

    [[nodiscard]] bool matches(const serial_port_info& port) const noexcept;
};

/// The path to open: by-id where there is one.
/// @return `no_such_device`; `bad_setting` if more than one port matches.
[[nodiscard]] result<std::string> find_serial_port(const serial_port_filter& filter, const std::string& root = "/");

} // namespace cipherlane::drivers
