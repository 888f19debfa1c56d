#pragma once

#include "simulation/run.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

namespace cipherlane::simulation {

/// A script that breaks a rule.
struct failure {
    script plan;
    std::uint64_t seed = 1;
    run_report report;
};

/// What an enumeration or a walk has seen.
struct tally {
    std::uint64_t runs = 0;
    std::uint64_t steps = 0;
    std::uint64_t payments = 0;
    std::uint64_t faults = 0;
    std::uint64_t cut_short = 0;   ///< runs whose rest was known
    std::vector<failure> failures; ///< the first few
    std::uint64_t failed = 0;
    std::uint64_t known = 0;                      ///< broke a rule, but do not count
    std::map<std::string, std::uint64_t> by_rule; ///< findings that count, by the rule that is broken
};

/// Adds what another thread has seen.
void add(tally& to, tally&& from);

/// Whether a script that breaks a rule counts; all do if it is absent.
using counting = std::function<bool(const script&, const std::vector<finding>&)>;

/// How far an enumeration goes.
struct depth {
    std::size_t faults = 1;    ///< 1: each alone; 2: all ordered pairs, too
    std::uint64_t sampled = 0; ///< so many of the deepest are drawn instead of all
    std::uint64_t seed = 1;
    std::size_t enough = 5; ///< failures, with which it ends
    std::uint64_t part = 0; ///< this part of `parts`, by the first fault: for several processes
    std::uint64_t parts = 1;
    counting counts;
    std::chrono::milliseconds time{0}; ///< with which it ends; zero: when all is done
};

/// Runs a scenario with nothing going wrong, then with each thing that can go wrong at each of its steps, then, after
/// each of those, with each that can go wrong at each later step: what follows a fault has steps of its own.
[[nodiscard]] tally enumerate(const prepared_scenario& what, const depth& how, mutant wrong = mutant::none);

/// Draws so many scripts of `how.faults` faults, each behind the one before it and at a step of the run that the ones
/// before it have made.
[[nodiscard]] tally draw(
    const prepared_scenario& what, const depth& how, std::uint64_t scripts, mutant wrong = mutant::none);

/// The first single fault in the mutant's scenario with which it is found and the till as it is is not; nothing if it
/// escapes.
[[nodiscard]] std::optional<failure> hunt(const mutant_row& row);

/// A walk with faults by chance.
struct walk_by_chance {
    std::uint64_t first_seed = 1;
    std::uint64_t runs = 1;    ///< each by the next seed
    std::uint64_t rarity = 40; ///< a fault in one of so many steps
    std::size_t enough = 5;
    counting counts;
    std::chrono::milliseconds time{0}; ///< with which it ends; zero: after its runs
};
[[nodiscard]] tally roam(const prepared_scenario& what, const walk_by_chance& how, mutant wrong = mutant::none);

/// The shortest script that still breaks one of the same rules: faults are left out one by one as long as it fails.
[[nodiscard]] failure shrink(const prepared_scenario& what, failure found, mutant wrong = mutant::none);

} // namespace cipherlane::simulation
