#pragma once

#include <cipherlane/core/error.hpp>

namespace cipherlane::drivers {

/// What a LIBUSB_ERROR_… of a call means.
[[nodiscard]] error usb_call_failure(int code) noexcept;
/// What the LIBUSB_TRANSFER_… of a transfer that failed means.
[[nodiscard]] error usb_transfer_failure(int status) noexcept;

} // namespace cipherlane::drivers
