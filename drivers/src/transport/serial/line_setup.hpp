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
/// Both directions: what was not sent yet must not hold up the close of a line whose other side stopped it.
void drop_everything(int descriptor) noexcept;

} // namespace cipherlane::drivers
