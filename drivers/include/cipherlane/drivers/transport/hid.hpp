#pragma once

#include <cipherlane/drivers/transport/usb.hpp>
#include <cipherlane/net/transport.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace cipherlane::drivers {

/// A HID interface as the system knows it; a device with several interfaces is here several times.
struct hid_device_info {
    std::string path; ///< "/dev/hidraw0"
    std::uint16_t vendor = 0;
    std::uint16_t product = 0;
    std::string serial_number;
    std::string name;
    std::string usb_port; ///< "1-1.2"; empty if it is not on USB
    std::uint8_t interface_number = 0;
    std::uint16_t usage_page = 0; ///< of the first collection: 0xFF00 and above are the maker's own

    /// What stays the same over replugging: "VVVV:PPPP:serial", or "VVVV:PPPP@port" without a serial number.
    [[nodiscard]] std::string identity() const;
};

/// The HID interfaces with a hidraw node, in the order of their paths. `root` is "/" but in tests.
[[nodiscard]] std::vector<hid_device_info> list_hid_devices(const std::string& root = "/");

/// Which interface is meant; empty members match anything.
struct hid_filter {
    std::optional<std::uint16_t> vendor;
    std::optional<std::uint16_t> product;
    std::optional<std::uint8_t> interface_number;
    std::optional<std::uint16_t> usage_page;
    std::string serial_number;
    std::string usb_port;

    [[nodiscard]] bool matches(const hid_device_info& device) const noexcept;
};

/// Opens a HID interface through hidraw: no driver is detached, and it works for Bluetooth too.
///
/// Each write is one output report, its first byte the report number (0 if reports are not numbered). Each read gives
/// one input report; it starts with the number only if reports are numbered. Give reads a buffer as large as the
/// largest report: what does not fit is lost.
/// @return `no_such_device`, `no_permission`, `bad_setting` if more than one interface matches.
[[nodiscard]] result<std::unique_ptr<net::transport>> open_hid(
    boost::asio::any_io_executor on, const hid_filter& filter, const std::string& root = "/");

/// The same through libusb, for systems without hidraw: takes the interface from the kernel's driver. Reports go out
/// on the interrupt endpoint, or where there is none by control requests (blocking only; `not_supported` else).
/// `usage_page` of the filter is not known there and must be empty.
/// @param report_size of the largest input report with its number, where that is more than one packet of the
/// endpoint;
///   0: it is not
[[nodiscard]] result<std::unique_ptr<net::transport>> open_hid_through_usb(usb_host& host,
    boost::asio::any_io_executor on, const hid_filter& filter, const call& bounds, std::size_t report_size = 0);

/// Through hidraw where the interface has a node there, else through libusb, which does not know usage pages: that of
/// the filter is left out then.
/// @param usb null: one is started where it is needed
[[nodiscard]] result<std::unique_ptr<net::transport>> open_hid_as_can_be(boost::asio::any_io_executor on,
    const hid_filter& filter, std::shared_ptr<usb_host> usb, const call& bounds, std::size_t report_size = 0);

} // namespace cipherlane::drivers
