#pragma once

#include <chrono>
#include <cstdint>

namespace cipherlane::ports {

/// A moment in China's civil time (fixed +08:00) as one number: seconds since 1970-01-01 00:00 of that time.
[[nodiscard]] std::int64_t civil_second(std::chrono::system_clock::time_point when) noexcept;

} // namespace cipherlane::ports
