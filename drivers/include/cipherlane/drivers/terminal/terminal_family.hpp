#pragma once

#include <cipherlane/drivers/driver_family.hpp>
#include <cipherlane/drivers/terminal/terminal_opener.hpp>
#include <cipherlane/net/tls.hpp>
#include <cipherlane/ports/terminal.hpp>

#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace cipherlane::drivers {

/// What a family of terminals needs to know when it is opened by name. What a family has no use for it ignores.
struct terminal_options {
    std::string password; ///< of the till at the terminal; empty: the family's usual one
    currency unit{978, 2};
    std::string description_file;                 ///< for terminals described by a TOML file
    bool plain_payment = false;                   ///< ecr17: P in the place of X, for terminals that have no X
    unsigned baud = 0;                            ///< another speed than the family's own; the address's goes before
    ports::terminal_events events{};              ///< without `line` the terminal prints its receipts itself
    std::shared_ptr<const net::tls_client> tls{}; ///< for tls addresses: whom to trust
};

/// A family of terminals that this library drives.
struct terminal_family : driver_family {
    ports::terminal_capabilities can; ///< nothing where a file describes it
    /// @return `bad_setting` naming what is wrong.
    result<std::unique_ptr<ports::terminal>> (*make)(
        terminal_opener open, address_kind over, const terminal_options& options);
    bool described = false; ///< needs `terminal_options::description_file`
};

/// The table of them.
[[nodiscard]] std::span<const terminal_family> terminal_families();
/// Null for a name that is not known.
[[nodiscard]] const terminal_family* find_terminal_family(std::string_view name);

/// A terminal by its driver's name and an address (`device_address`). Nothing is sent, and the link is not opened,
/// before it is needed: `terminal::open` says whether it is there.
/// @return `unknown_driver`, `bad_address`, `bad_setting` of a description.
[[nodiscard]] result<std::unique_ptr<ports::terminal>> make_terminal(boost::asio::any_io_executor on,
    std::string_view driver, std::string_view address, const terminal_options& options);
/// The same, and opened. @return also what `terminal::open` says.
[[nodiscard]] result<std::unique_ptr<ports::terminal>> open_terminal(boost::asio::any_io_executor on,
    std::string_view driver, std::string_view address, const terminal_options& options, const call& bounds);

} // namespace cipherlane::drivers
