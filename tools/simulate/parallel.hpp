#pragma once

#include "simulation/enumerate.hpp"

#include <cstdint>
#include <thread>
#include <utility>
#include <vector>

namespace cipherlane::simulation {

/// `work(0)` to `work(jobs - 1)`, each on a thread of its own; what they have seen together.
template <class Work>
tally in_parallel(std::uint64_t jobs, Work work) {
    if (jobs == 1) return work(std::uint64_t{0});
    std::vector<tally> parts(jobs);
    std::vector<std::thread> threads;
    for (std::uint64_t i = 0; i < jobs; ++i)
        threads.emplace_back([&, i] { parts[i] = work(i); });
    for (auto& one : threads)
        one.join();
    tally whole;
    for (auto& one : parts)
        add(whole, std::move(one));
    return whole;
}

} // namespace cipherlane::simulation
