#pragma once

#include <cipherlane/core/result.hpp>

namespace cipherlane {

/// Forbids this process, and what it starts, to leave core dumps: the limit becomes 0, and the process is marked as
/// not to be dumped, which a dump handler outside respects too. For programs that hold keys, PINs or PANs, first
/// thing in `main`: what lies in `secret_bytes` is never dumped, but the contexts of the cipher library and buffers
/// of the system are in the ordinary heap. Debuggers of other users cannot attach from here on.
/// @return `local_fault` if the system refuses.
[[nodiscard]] result<void> forbid_core_dumps();

} // namespace cipherlane
