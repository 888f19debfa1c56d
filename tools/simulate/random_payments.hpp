#pragma once

#include "simulation/enumerate.hpp"

#include <cstdint>
#include <vector>

namespace cipherlane::simulation {

struct random_wish {
    std::uint64_t payments = 1; ///< so many at least
    std::uint64_t first_seed = 1;
    std::uint64_t rarity = 40; ///< a fault in one of so many steps
    std::uint64_t jobs = 1;
    mutant wrong = mutant::none;
    counting counts;
};

/// Runs of the scenarios in turn, each by the next seed and with faults by chance, until so many payments were made;
/// then a table of what has come of them. True if no rule was broken.
[[nodiscard]] bool run_random_payments(const std::vector<const scenario*>& all, const random_wish& wish);

} // namespace cipherlane::simulation
