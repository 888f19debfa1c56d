#pragma once

#include <cipherlane/core/call.hpp>

namespace cipherlane {

/// Blocks until the call's end or until it is stopped, whichever comes first.
void pause(const call& bounds);

} // namespace cipherlane
