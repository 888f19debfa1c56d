#pragma once

#include <cipherlane/core/result.hpp>
#include <cipherlane/drivers/errc.hpp>

#include <string_view>

namespace cipherlane::drivers {

inline error refused(drivers_errc why) {
    return {make_error_code(why), layer::drivers};
}

/// What this device, or its description, has no way to do.
inline error cannot(std::string_view operation) {
    return refused(drivers_errc::not_supported).during(operation);
}

/// A setting out of range; `field` names it.
inline error bad_setting(std::string_view field) {
    return refused(drivers_errc::bad_setting).in_field(field);
}

} // namespace cipherlane::drivers
