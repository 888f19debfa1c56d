#pragma once

#include <cipherlane/drivers/display/screen_protocol.hpp>
#include <cipherlane/drivers/display/wording.hpp>
#include <cipherlane/drivers/transport/serial.hpp>
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
    std::string font_file;        ///< for panels; empty: the usual places
    std::string description_file; ///< for displays described by a TOML file
};

/// A family of displays that this library drives over a serial line.
struct display_family {
    std::string_view name;               ///< "rcall"
    std::string_view about;              ///< in words, for people
    serial_settings line;                ///< how its line is set up; `device` is empty
    std::optional<std::uint16_t> vendor; ///< of its USB bridge, where that says anything
    std::optional<std::uint16_t> product;
    result<std::unique_ptr<screen_protocol>> (*make)(const display_options& options);
};

[[nodiscard]] std::span<const display_family> display_families();
/// Nothing for a name that is not known.
[[nodiscard]] const display_family* find_display_family(std::string_view name);

/// Opens a display by its family's name on a serial line.
/// @return `bad_setting` for a name that is not known; see also `open_serial`.
[[nodiscard]] result<std::unique_ptr<ports::display>> open_display(boost::asio::any_io_executor on,
    std::string_view family, const std::string& device, const display_options& options, const call& bounds);

} // namespace cipherlane::drivers
