#pragma once

#include <cipherlane/acquiring/lane.hpp>

namespace cipherlane::acquiring {

/// Lets the flows reach the inside of a lane.
class flow_access {
  public:
    [[nodiscard]] static std::weak_ptr<lane_core> core(lane& of) noexcept { return of.core_; }
};

} // namespace cipherlane::acquiring
