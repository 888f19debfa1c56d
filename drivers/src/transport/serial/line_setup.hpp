#pragma once

#include <cipherlane/drivers/transport/serial.hpp>

namespace cipherlane::drivers {

/// Sets a terminal raw with the rate and form asked for, through the kernel's termios2, which takes any rate.
/// @return `bad_setting` naming the field that the hardware did not take; a system error.
[[nodiscard]] result<void> set_up_line(int descriptor, const serial_settings& settings);

/// Raises or lowers DTR and RTS. A terminal without modem lines (a pty) has none to set: no error.
void set_modem_lines(int descriptor, const serial_settings& settings) noexcept;

/// Whether the terminal still has a device behind it.
[[nodiscard]] bool line_is_alive(int descriptor) noexcept;

void drop_input(int descriptor) noexcept;
/// Before the close: what was written still goes out, as a printer takes seconds for a slip at 9,600 baud, but not to
/// another side that has stopped taking it: what stands still for 200 ms is dropped, or it would hold up the close.
void end_line(int descriptor) noexcept;

} // namespace cipherlane::drivers
