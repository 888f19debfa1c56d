#pragma once

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <random>
#include <string>

namespace cipherlane::tests {

/// The seed of a test's random numbers: `CIPHERLANE_SEED` if that is set, else a new one. Printed, so that a run that
/// failed can be repeated.
[[nodiscard]] inline std::uint64_t random_seed() {
    const char* given = std::getenv("CIPHERLANE_SEED");
    const std::uint64_t seed = given != nullptr ? std::stoull(given) : std::random_device{}();
    std::cout << "seed " << seed << " (repeat with CIPHERLANE_SEED=" << seed << ")" << std::endl;
    return seed;
}

} // namespace cipherlane::tests
