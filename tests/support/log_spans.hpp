#pragma once

#include <chrono>

namespace cipherlane::tests {

/// The spans of a `counted_line`, of ten seconds, that a test has been in: in each it may be written so often anew,
/// and a slow machine is in several.
class log_spans {
  public:
    [[nodiscard]] int count() const {
        return static_cast<int>((std::chrono::steady_clock::now() - begun_) / std::chrono::seconds(10)) + 1;
    }

  private:
    std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
};

} // namespace cipherlane::tests
