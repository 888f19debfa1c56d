#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace cipherlane::simulation {

struct gateways_wish {
    std::vector<std::string> names; ///< words of gateways; empty: all
    unsigned sales = 1;             ///< of each kind at each gateway
    std::uint64_t seed = 1;
    std::uint64_t jobs = 1; ///< gateways at a time
};

/// Days of a till at gateways (`gateway_days.hpp`), and a line for each of what has come of them. True if the books
/// of both sides agree. Throws `std::invalid_argument` for a word that is none.
[[nodiscard]] bool run_gateways(const gateways_wish& wish);

} // namespace cipherlane::simulation
