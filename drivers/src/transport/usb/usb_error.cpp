#include "usb_error.hpp"

#include <cipherlane/drivers/errc.hpp>
#include <cipherlane/net/errc.hpp>

#include <libusb.h>

namespace cipherlane::drivers {

error usb_call_failure(int code) noexcept {
    switch (code) {
    case LIBUSB_ERROR_ACCESS: return error(drivers_errc::no_permission, layer::drivers);
    case LIBUSB_ERROR_NO_DEVICE: return error(drivers_errc::device_gone, layer::drivers);
    case LIBUSB_ERROR_NOT_FOUND: return error(drivers_errc::bad_setting, layer::drivers);
    case LIBUSB_ERROR_BUSY: return error(drivers_errc::busy, layer::drivers);
    case LIBUSB_ERROR_IO: return error(drivers_errc::bus_fault, layer::drivers);
    case LIBUSB_ERROR_PIPE: return error(drivers_errc::stalled, layer::drivers);
    case LIBUSB_ERROR_OVERFLOW: return error(drivers_errc::babble, layer::drivers);
    case LIBUSB_ERROR_TIMEOUT: return error(net_errc::timed_out, layer::drivers);
    default: return error(drivers_errc::no_system, layer::drivers);
    }
}

error usb_transfer_failure(int status) noexcept {
    switch (status) {
    case LIBUSB_TRANSFER_NO_DEVICE: return error(drivers_errc::device_gone, layer::drivers);
    case LIBUSB_TRANSFER_STALL: return error(drivers_errc::stalled, layer::drivers);
    case LIBUSB_TRANSFER_OVERFLOW: return error(drivers_errc::babble, layer::drivers);
    case LIBUSB_TRANSFER_CANCELLED: return error(net_errc::cancelled, layer::drivers);
    case LIBUSB_TRANSFER_TIMED_OUT: return error(net_errc::timed_out, layer::drivers);
    default: return error(drivers_errc::bus_fault, layer::drivers);
    }
}

} // namespace cipherlane::drivers
