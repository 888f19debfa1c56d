#pragma once

#include <cipherlane/drivers/display/screen_protocol.hpp>
#include <cipherlane/drivers/display/wording.hpp>
#include <cipherlane/drivers/transport/serial.hpp>
#include <cipherlane/drivers/transport/usb.hpp>
#include <cipherlane/net/tls.hpp>
#include <cipherlane/ports/display.hpp>

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace cipherlane::drivers {

/// What a family of displays needs to know when it is opened by name.
struct display_options {
    wording words = wording::chinese();
    std::string font_file;                        ///< for panels; empty: the usual places
    std::string description_file;                 ///< for displays described by a TOML file
    unsigned baud = 0;                            ///< another speed than the family's own; 0: that
    std::shared_ptr<usb_host> usb{};              ///< for displays on USB; null: each opening starts one of its own
    std::shared_ptr<const net::tls_client> tls{}; ///< for "tls:" devices: whom to trust
};

/// A family of displays that this library drives.
struct display_family {
    /// What a device of this family says when it is asked for its version or state.
    enum class proof : std::uint8_t {
        none,      ///< it has no such question
        may_come,  ///< an answer must be right, but some devices or lines have none
        must_come, ///< it answers, or it is another device
    };

    std::string_view name;  ///< "rcall"
    std::string_view about; ///< in words, for people
    serial_settings line;   ///< how its line is set up; `device` is empty
    proof answers = proof::none;
    std::optional<std::uint16_t> vendor; ///< of its USB bridge, where that says anything
    std::optional<std::uint16_t> product;
    result<std::unique_ptr<screen_protocol>> (*make)(const display_options& options);
};

[[nodiscard]] std::span<const display_family> display_families();
/// Nothing for a name that is not known.
[[nodiscard]] const display_family* find_display_family(std::string_view name);

/// Opens the link of a display of this family.
/// @param device a serial line's path; "usb:1209:5a21" or "usb:1209:5a21:SERIAL" (numbers in hexadecimal) for an
///   interface of a USB device; "tcp:HOST:PORT"; "tls:HOST:PORT", which needs `options.tls`; for a described display
///   see `open_described_link`
/// @return `bad_setting` naming what is wrong; see `open_serial`, `usb_host::open`, `net::connect_tcp`,
///   `net::connect_tls`.
[[nodiscard]] result<std::unique_ptr<net::transport>> open_display_link(boost::asio::any_io_executor on,
    std::string_view family, const std::string& device, const display_options& options, const call& bounds);

/// Opens a display by its family's name, on the devices of `open_display_link`, and asks it who it is.
/// @return `bad_setting` for a name that is not known; `wrong_answer` or `no_answer` from a device that is none of
/// this
///   family; see also `open_display_link`.
[[nodiscard]] result<std::unique_ptr<ports::display>> open_display(boost::asio::any_io_executor on,
    std::string_view family, const std::string& device, const display_options& options, const call& bounds);

} // namespace cipherlane::drivers
