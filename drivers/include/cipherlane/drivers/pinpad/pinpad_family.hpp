#pragma once

#include <cipherlane/drivers/driver_family.hpp>
#include <cipherlane/net/tls.hpp>
#include <cipherlane/net/transport.hpp>
#include <cipherlane/ports/pinpad.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace cipherlane::drivers {

/// What a family of PIN pads needs to know when it is opened by name.
struct pinpad_options {
    std::string description_file; ///< for keypads described by a TOML file (`described`)
    unsigned baud = 0;            ///< another speed than the family's own; the address's goes before
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
    bool mac = false;  ///< makes MACs: it can be the sealer
};

/// A family of PIN pads that this library drives.
struct pinpad_family : driver_family {
    /// Whether a device that opens is one of this family.
    enum class proof : std::uint8_t {
        none,      ///< its protocol has no question that costs nothing
        must_come, ///< it answers, or it is another device
    };

    pinpad_capabilities can; ///< nothing where a file describes it
    proof answers = proof::none;
    /// How one of its devices is driven: its serial line, what it does, and what makes a pad of an open link.
    struct driving {
        serial_settings line;
        pinpad_capabilities can;
        std::function<std::unique_ptr<ports::pinpad>(std::unique_ptr<net::transport> link)> make;
    };
    result<driving> (*prepare)(const pinpad_family& of, const pinpad_options& options);
};

/// The table of them.
[[nodiscard]] std::span<const pinpad_family> pinpad_families();
/// Nothing for a name that is not known.
[[nodiscard]] const pinpad_family* find_pinpad_family(std::string_view name);

/// What a pad of this driver does: what its family's row says, or the file that describes it. Nothing is opened.
/// @return `unknown_driver`; `bad_setting` of a description.
[[nodiscard]] result<pinpad_capabilities> pinpad_capabilities_of(
    std::string_view driver, const pinpad_options& options);

/// Opens a PIN pad by its driver's name and an address (`device_address`), and makes sure that it is one: it is ready
/// for `read_card`. A pad that is unplugged later stays lost: see `pinpad_keeper`.
/// @return `unknown_driver`, `bad_address`, `bad_setting` naming what is wrong; see `open_link`; what the pad's
/// `open`
///   says.
[[nodiscard]] result<std::unique_ptr<ports::pinpad>> open_pinpad(boost::asio::any_io_executor on,
    std::string_view driver, std::string_view address, const pinpad_options& options, const call& bounds);

} // namespace cipherlane::drivers
