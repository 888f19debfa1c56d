#pragma once

#include <optional>
#include <pthread.h>
#include <sched.h>
#include <vector>

namespace cipherlane::benchmarks {

/// Where the two ends of a measurement run. Left to itself the scheduler puts them on one core in one run and on two
/// in the next, which decides more than either client does: a core that must be woken costs some 30 us, one that is
/// shared nothing.
struct placement {
    int client = 0;
    int responder = 0;
};

/// The cores that this process may use.
inline std::vector<int> usable_cores() {
    cpu_set_t allowed;
    CPU_ZERO(&allowed);
    sched_getaffinity(0, sizeof allowed, &allowed);
    std::vector<int> cores;
    for (int core = 0; core < CPU_SETSIZE; ++core) {
        if (CPU_ISSET(core, &allowed)) cores.push_back(core);
    }
    return cores;
}

/// A unit is another machine: a core of its own. Nothing where there is only one.
inline std::optional<placement> apart() {
    const auto cores = usable_cores();
    if (cores.size() < 2) return std::nullopt;
    return placement{cores[0], cores[1]};
}

/// Both ends share what one core can do: what is measured is the processor time of both.
inline placement together() {
    const auto cores = usable_cores();
    return {cores[0], cores[0]};
}

/// Keeps the thread that makes it on one core as long as it lives.
class pinned {
  public:
    explicit pinned(int core) {
        pthread_getaffinity_np(pthread_self(), sizeof before_, &before_);
        cpu_set_t only;
        CPU_ZERO(&only);
        CPU_SET(static_cast<unsigned>(core), &only);
        pthread_setaffinity_np(pthread_self(), sizeof only, &only);
    }
    pinned(const pinned&) = delete;
    pinned& operator=(const pinned&) = delete;
    ~pinned() { pthread_setaffinity_np(pthread_self(), sizeof before_, &before_); }

  private:
    cpu_set_t before_{};
};

} // namespace cipherlane::benchmarks
