#pragma once

#include <cipherlane/ports/wording.hpp>

namespace cipherlane::drivers {

/// The words a display shows that are not the caller's.
using wording = ports::wording;

} // namespace cipherlane::drivers
