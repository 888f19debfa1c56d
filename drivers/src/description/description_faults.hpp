#pragma once

#include <cipherlane/core/toml_report.hpp>
#include <cipherlane/drivers/errc.hpp>

namespace cipherlane::drivers {

/// How faults of a description are reported: all of them are a `bad_setting`.
inline toml_faults description_faults() {
    return {layer::drivers, "load description", drivers_errc::bad_setting, drivers_errc::bad_setting,
        drivers_errc::bad_setting};
}

} // namespace cipherlane::drivers
