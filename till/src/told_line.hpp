#pragma once

#include <cipherlane/core/logger.hpp>

namespace cipherlane::assembly {

/// The caller's log as the parts of a till have it: while one of its lines is being told, on whatever thread, it is
/// known whose line it is. Who hears it may let that till go there and then, on a thread that the till would wait
/// for, under a lock that its parts would wait for.
[[nodiscard]] logger marked(logger to, const void* whose);

/// Whether a line of that owner is being told on this thread.
[[nodiscard]] bool tells_here(const void* whose) noexcept;

} // namespace cipherlane::assembly
