#pragma once

#include <cipherlane/drivers/driver_family.hpp>
#include <cipherlane/drivers/scanner/scanner_profile.hpp>
#include <cipherlane/net/tls.hpp>
#include <cipherlane/ports/scanner.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <memory>
#include <span>
#include <string_view>

namespace cipherlane::drivers {

/// What a family of scanners needs to know when it is opened by name.
struct scanner_options {
    scanner_profile profile;
    unsigned baud = 0;                            ///< another speed than the family's own; the address's goes before
    std::shared_ptr<usb_host> usb{};              ///< for scanners on USB; null: each opening starts one of its own
    std::shared_ptr<const net::tls_client> tls{}; ///< for tls addresses: whom to trust
};

/// A family of scanners that this library drives.
struct scanner_family : driver_family {
    result<std::unique_ptr<ports::scanner>> (*open)(boost::asio::any_io_executor on, const scanner_family& of,
        const device_address& where, const scanner_options& options, const call& bounds);
};

/// The table of them: "serial", "hid-pos", "wedge".
[[nodiscard]] std::span<const scanner_family> scanner_families();

/// Opens a scanner by its driver's name and an address (`device_address`). A wedge's is the path of its input device,
/// as /dev/input/by-id/usb-…-event-kbd: it is taken from everybody else (EVIOCGRAB), so that no code is typed into
/// another program.
/// @return `unknown_driver`, `bad_address`, `bad_setting` naming what is wrong; `busy` for a wedge that another
///   program has taken; see `open_link`.
[[nodiscard]] result<std::unique_ptr<ports::scanner>> open_scanner(boost::asio::any_io_executor on,
    std::string_view driver, std::string_view address, const scanner_options& options, const call& bounds);

} // namespace cipherlane::drivers
