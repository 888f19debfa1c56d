#pragma once

#include <cipherlane/core/error.hpp>

namespace cipherlane::drivers {

/// What the errno of an open(2) on a device node means.
[[nodiscard]] error open_failure(int value) noexcept;

} // namespace cipherlane::drivers
