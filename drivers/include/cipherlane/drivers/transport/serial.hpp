#pragma once

#include <cipherlane/net/transport.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace cipherlane::drivers {

/// How a serial line is set up and held.
struct serial_settings {
    enum class parity_kind : std::uint8_t { none, odd, even };
    enum class stop_kind : std::uint8_t { one, two };
    enum class flow_kind : std::uint8_t { none, rts_cts, xon_xoff };
    /// What happens to a modem line when the port is opened. `leave` also keeps the system from dropping it at close:
    /// for displays that restart at each edge of DTR. (The kernel itself raises DTR and RTS at the first open.)
    enum class line_policy : std::uint8_t { leave, raise, lower };
    enum class sharing : std::uint8_t { exclusive, shared };

    std::string device; ///< "/dev/ttyUSB0", or better "/dev/serial/by-id/…", which stays the same over replugging
    unsigned baud = 9'600; ///< bits a second; any rate the hardware can do, not only the standard ones
    int data_bits = 8;     ///< 5 to 8
    parity_kind parity = parity_kind::none;
    stop_kind stop_bits = stop_kind::one;
    flow_kind flow = flow_kind::none;
    line_policy dtr = line_policy::raise;
    line_policy rts = line_policy::raise;
    sharing share = sharing::exclusive;
    std::chrono::milliseconds settle{0}; ///< pause after opening; then what arrived meanwhile is dropped

    /// @return `bad_setting` naming the field.
    [[nodiscard]] result<void> validate() const;
};

/// Opens a serial line, raw, and sets it up.
///
/// A read or write of a line that was unplugged ends `link_lost`; an end of file that the driver does not confirm is
/// a passing lapse and is read over.
/// @return `no_such_device`, `no_permission`, `busy` (another program holds it), `bad_setting` naming the field (also
///   when the hardware cannot do the baud rate), `timed_out` and `cancelled` while it settles.
[[nodiscard]] result<std::unique_ptr<net::transport>> open_serial(
    boost::asio::any_io_executor on, const serial_settings& settings, const call& bounds);

/// As `open_serial`, without blocking while the line settles; the handler's cancellation slot ends it.
void async_open_serial(boost::asio::any_io_executor on, serial_settings settings, call bounds,
    net::completion<std::unique_ptr<net::transport>> done);

} // namespace cipherlane::drivers
