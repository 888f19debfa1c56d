#pragma once

#include <cipherlane/drivers/display/plate/code_plate.hpp>
#include <cipherlane/drivers/display/screen_protocol.hpp>
#include <cipherlane/drivers/display/speaker/speaker.hpp>
#include <cipherlane/drivers/display/wording.hpp>
#include <cipherlane/drivers/driver_family.hpp>
#include <cipherlane/drivers/escpos/escpos_profile.hpp>
#include <cipherlane/drivers/transport/usb.hpp>
#include <cipherlane/net/tls.hpp>
#include <cipherlane/ports/display.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace cipherlane::drivers {

struct display_description;

/// What a family of displays needs to know when it is opened by name.
struct display_options {
    wording words = wording::chinese();
    std::string font_file;        ///< for panels; empty: the usual places
    std::string description_file; ///< for displays described by a TOML file
    /// The same file where it is read already; null: `description_file` is read.
    std::shared_ptr<const display_description> description{};
    printer_options printer;                      ///< for receipt printers
    code_plate_profile plate;                     ///< for code plates that are HTTP clients
    speaker_profile speaker;                      ///< for speakers; its words are those above
    unsigned baud = 0;                            ///< another speed than the family's own; the address's goes before
    std::shared_ptr<usb_host> usb{};              ///< for displays on USB; null: each opening starts one of its own
    std::shared_ptr<const net::tls_client> tls{}; ///< for tls addresses: whom to trust
};

/// A family of displays that this library drives.
struct display_family : driver_family {
    /// What a device of this family says when it is asked for its version or state.
    enum class proof : std::uint8_t {
        none,      ///< it has no such question
        may_come,  ///< an answer must be right, but some devices or lines have none
        must_come, ///< it answers, or it is another device
    };
    /// Which of `display_options` mean anything to it besides the words and the link.
    enum class extras : std::uint8_t {
        none,
        font,    ///< it is sent pictures
        printer, ///< it prints
        plate,   ///< it calls us
        speaker, ///< it is told things through a broker
    };

    ports::display_capabilities can; ///< without `readable`, which is the build's; nothing where a file describes it
    proof answers = proof::none;
    std::optional<std::uint16_t> vendor; ///< of its USB bridge, where that says anything
    std::optional<std::uint16_t> product;
    result<std::unique_ptr<screen_protocol>> (*make)(const display_options& options);
    result<std::unique_ptr<net::transport>> (*link)(boost::asio::any_io_executor on, const display_family& of,
        const std::string& address, const display_options& options, const call& bounds);
    extras heeds = extras::none;
    /// Of a family whose devices call us: makes the display, which listens at the address. Null of all others; `make`
    /// and `link` are `not_supported` then.
    result<std::unique_ptr<ports::display>> (*serve)(
        const device_address& where, const display_options& options) = nullptr;
};

/// The table of them.
[[nodiscard]] std::span<const display_family> display_families();
/// Nothing for a name that is not known.
[[nodiscard]] const display_family* find_display_family(std::string_view name);

/// Opens the link of a display of this family.
/// @param address see `device_address`; of a described display on USB or HID also its serial number or port alone,
///   and empty where there is but one
/// @return `unknown_driver`, `bad_address`, `bad_setting` naming what is wrong; see `open_link`.
[[nodiscard]] result<std::unique_ptr<net::transport>> open_display_link(boost::asio::any_io_executor on,
    std::string_view driver, const std::string& address, const display_options& options, const call& bounds);

/// Opens a display by its driver's name, at the addresses of `open_display_link`, and asks it who it is.
/// @return as `open_display_link`; `wrong_answer` or `no_answer` from a device that is none of this family.
[[nodiscard]] result<std::unique_ptr<ports::display>> open_display(boost::asio::any_io_executor on,
    std::string_view driver, const std::string& address, const display_options& options, const call& bounds);

} // namespace cipherlane::drivers
