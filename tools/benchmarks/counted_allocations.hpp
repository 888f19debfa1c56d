#pragma once

#include <cstddef>

namespace cipherlane::benchmarks {

/// How often `operator new` was called in this program, by any thread. Programs that link counted_allocations.cpp
/// only.
[[nodiscard]] std::size_t allocation_count() noexcept;

} // namespace cipherlane::benchmarks
