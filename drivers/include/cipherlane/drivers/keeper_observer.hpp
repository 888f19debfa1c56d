#pragma once

#include <cipherlane/core/error.hpp>

#include <functional>

namespace cipherlane::drivers {

/// Told when a kept device comes and goes. A call may still be under way on the timer's thread while the keeper is
/// being destroyed: what the functions refer to must outlive the timer.
struct keeper_observer {
    std::function<void()> opened{};
    std::function<void(const error&)> lost{};
};

} // namespace cipherlane::drivers
