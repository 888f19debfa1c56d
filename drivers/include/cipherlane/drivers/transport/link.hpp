#pragma once

#include <cipherlane/drivers/transport/address.hpp>
#include <cipherlane/drivers/transport/report_link.hpp>
#include <cipherlane/net/tls.hpp>
#include <cipherlane/net/transport.hpp>

#include <memory>
#include <string_view>

namespace cipherlane::drivers {

/// What an address does not say about the link to a device.
struct link_options {
    serial_settings line;            ///< of a serial line; `device` and the address's options come on top
    usb_settings usb_interface;      ///< of a USB device; `device` comes from the address
    report_shape reports;            ///< of a HID interface
    std::shared_ptr<usb_host> usb{}; ///< null: each opening of a USB device starts one of its own
    std::shared_ptr<const net::tls_client> tls{}; ///< for tls: whom to trust
};

/// Opens the link to a device, whatever lies between.
/// @return `bad_setting` naming `tls` where a tls address comes without it; see `open_serial`, `usb_host::open`,
///   `open_hid`, `net::connect_tcp`, `net::connect_tls`.
[[nodiscard]] result<std::unique_ptr<net::transport>> open_link(
    boost::asio::any_io_executor on, const device_address& where, const link_options& with, const call& bounds);
/// As above. @return `bad_address` too.
[[nodiscard]] result<std::unique_ptr<net::transport>> open_link(
    boost::asio::any_io_executor on, std::string_view address, const link_options& with, const call& bounds);

} // namespace cipherlane::drivers
