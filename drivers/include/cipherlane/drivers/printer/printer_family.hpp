#pragma once

#include <cipherlane/drivers/driver_family.hpp>
#include <cipherlane/drivers/printer/escpos_receipt_printer.hpp>
#include <cipherlane/drivers/transport/usb.hpp>
#include <cipherlane/net/tls.hpp>
#include <cipherlane/ports/printer.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <memory>
#include <span>
#include <string_view>

namespace cipherlane::drivers {

/// What a family of receipt printers needs to know when it is opened by name.
struct receipt_options {
    printer_options printer; ///< make, code page, letters, width
    print_proof proof = print_proof::printed;
    receipt_printer_profile::cutting cut = receipt_printer_profile::cutting::partial;
    int drawer_pin = 2;
    std::size_t columns = 0; ///< 0: as its width has
    escpos_timing timing;
    unsigned baud = 0;                            ///< another speed than the family's own; the address's goes before
    std::shared_ptr<usb_host> usb{};              ///< for printers on USB; null: each opening starts one of its own
    std::shared_ptr<const net::tls_client> tls{}; ///< for tls addresses: whom to trust
};

/// A family of receipt printers that this library drives.
struct printer_family : driver_family {
    result<std::unique_ptr<ports::printer>> (*make)(
        std::unique_ptr<net::transport> link, const receipt_options& options);
};

/// The table of them.
[[nodiscard]] std::span<const printer_family> printer_families();

/// Opens a receipt printer by its driver's name and an address (`device_address`), and asks it, where it answers at
/// all, what it is like: a device that says nothing is none. One without paper is one.
/// @return `unknown_driver`, `bad_address`, `bad_setting` naming what is wrong; `no_answer`; see `open_link`.
[[nodiscard]] result<std::unique_ptr<ports::printer>> open_printer(boost::asio::any_io_executor on,
    std::string_view driver, std::string_view address, const receipt_options& options, const call& bounds);

} // namespace cipherlane::drivers
