#include "open_failure.hpp"

#include <cipherlane/drivers/errc.hpp>
#include <cipherlane/net/descriptor_transport.hpp>

#include <cerrno>

namespace cipherlane::drivers {

error open_failure(int value) noexcept {
    switch (value) {
    case ENOENT:
    case ENXIO:
    case ENODEV:
    case EIO: return error(drivers_errc::no_such_device, layer::drivers);
    case EACCES:
    case EPERM: return error(drivers_errc::no_permission, layer::drivers);
    case EBUSY:
    case EWOULDBLOCK: return error(drivers_errc::busy, layer::drivers);
    default: return net::error_from_errno(value, layer::drivers);
    }
}

} // namespace cipherlane::drivers
