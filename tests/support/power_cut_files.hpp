#pragma once

#include <cstdint>

namespace cipherlane::tests {

/// When the power goes: `operations` writes and syncs from now on. What was not synced until then is left in pieces
/// by `seed`, and the process ends by SIGKILL.
struct power_cut {
    std::uint64_t operations = 0; ///< 0: never
    std::uint64_t seed = 0;
};

/// From now on SQLite's files in this process are as on a machine that loses its power with the process: what was
/// written reaches the file with its sync alone, so that SIGKILL takes back what was not synced, and a planned cut
/// leaves of it what a disk might: nothing, all, or sectors of some writes, in any order. Names of files are as the
/// system keeps them. For the whole program, before its first database.
///
/// An ordinary end of the process writes everything.
void lose_power_with_process(power_cut when);

} // namespace cipherlane::tests
