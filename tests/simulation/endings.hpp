#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <unordered_set>
#include <vector>

namespace cipherlane::simulation {

/// What many runs of one scenario have come to. A till whose power comes back knows nothing but its disk; so where
/// all else is the same too, what follows is the same, and has been seen.
class endings {
  public:
    static constexpr std::size_t most_faults = 3;

    /// Whether this state has been gone through with up to so many faults more, and no rule was broken.
    [[nodiscard]] bool knows(std::uint64_t state, std::size_t faults_left) const {
        for (auto left = faults_left; left <= most_faults; ++left) {
            if (good_[left].contains(state)) return true;
        }
        return false;
    }
    void add(const std::vector<std::uint64_t>& states, std::size_t faults_left) {
        good_[faults_left].insert(states.begin(), states.end());
    }

  private:
    std::array<std::unordered_set<std::uint64_t>, most_faults + 1> good_;
};

} // namespace cipherlane::simulation
