#pragma once

#include <cipherlane/drivers/driver_family.hpp>
#include <cipherlane/net/tls.hpp>
#include <cipherlane/net/transport.hpp>
#include <cipherlane/ports/pinpad.hpp>

#include <functional>
#include <memory>
#include <span>
#include <string_view>

namespace cipherlane::drivers {

/// What a family of PIN pads needs to know when it is opened by name.
struct pinpad_options {
    unsigned baud = 0; ///< another speed than the family's own; the address's goes before
    std::function<void(std::string_view text)> notice{}; ///< what the pad says to the operator, UTF-8
    std::shared_ptr<usb_host> usb{};              ///< for pads on USB; null: each opening starts one of its own
    std::shared_ptr<const net::tls_client> tls{}; ///< for tls addresses: whom to trust
};

/// What the pads of a family do.
struct pinpad_capabilities {
    bool magnetic = false;
    bool contact = false;
    bool contactless = false;
    bool pin = false;
    bool text = false; ///< shows lines of the till's
};

/// A family of PIN pads that this library drives.
struct pinpad_family : driver_family {
    pinpad_capabilities can;
    std::unique_ptr<ports::pinpad> (*make)(std::unique_ptr<net::transport> link, const pinpad_options& options);
};

/// The table of them.
[[nodiscard]] std::span<const pinpad_family> pinpad_families();
/// Nothing for a name that is not known.
[[nodiscard]] const pinpad_family* find_pinpad_family(std::string_view name);

/// Opens a PIN pad by its driver's name and an address (`device_address`), and makes sure that it is one: it is ready
/// for `read_card`. A pad that is unplugged later stays lost: see `pinpad_keeper`.
/// @return `unknown_driver`, `bad_address`, `bad_setting` naming what is wrong; see `open_link`; what the pad's
/// `open`
///   says.
[[nodiscard]] result<std::unique_ptr<ports::pinpad>> open_pinpad(boost::asio::any_io_executor on,
    std::string_view driver, std::string_view address, const pinpad_options& options, const call& bounds);

} // namespace cipherlane::drivers
