#pragma once

#include <cipherlane/core/bytes.hpp>

#include <chrono>
#include <functional>

namespace cipherlane::sim {

/// The world around a simulated device: what it can do to its line, and a clock. The model itself is pure: bytes in,
/// these calls out.
struct surroundings {
    std::function<void(bytes)> send;
    std::function<void(std::chrono::milliseconds, std::function<void()>)> later;
    std::function<void()> unplug;
};

} // namespace cipherlane::sim
