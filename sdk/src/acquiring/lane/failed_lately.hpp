#pragma once

#include <chrono>
#include <optional>

namespace cipherlane::acquiring {

/// What the host left unanswered within the last five minutes is left alone: it would not fare better now, and
/// customers wait. A clock that was set back ends it.
[[nodiscard]] inline bool failed_lately(
    const std::optional<std::chrono::system_clock::time_point>& failed, std::chrono::system_clock::time_point now) {
    constexpr auto leave_alone = std::chrono::minutes(5);
    return failed && *failed <= now && now < *failed + leave_alone;
}

} // namespace cipherlane::acquiring
