#pragma once

#include "simulation/cashier.hpp"
#include "simulation/endings.hpp"
#include "simulation/judge.hpp"
#include "simulation/world.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cipherlane::simulation {

/// A stretch of a cashier's day.
struct scenario {
    std::string_view name;
    void (*before)(cashier&); ///< with nothing going wrong
    void (*work)(cashier&);   ///< what the script's steps count
    simulation::manners people;
};

/// What is enumerated.
[[nodiscard]] std::span<const scenario> scenarios() noexcept;
/// What is too long for that: with faults by chance alone.
[[nodiscard]] std::span<const scenario> long_scenarios() noexcept;
/// Of either.
[[nodiscard]] const scenario* find_scenario(std::string_view name) noexcept;
/// Whether it is one of the till's flows, and not a variant of one.
[[nodiscard]] bool is_flow(std::string_view name) noexcept;

/// How a run is to be looked at.
struct run_settings {
    std::uint64_t seed = 1;
    mutant wrong = mutant::none;
    bool keeps_steps = false;
    bool keeps_timeline = false;
    std::uint64_t rarity = 0; ///< not zero: faults come by chance, one in so many steps
    /// A run that comes to what is known there ends as good; with so many faults to be tried after its own.
    const endings* known = nullptr;
    std::size_t faults_left = 0;
};

struct run_report {
    std::vector<finding> findings;
    std::uint32_t steps = 0;           ///< that were counted
    std::uint32_t payments = 0;        ///< that were begun
    std::uint64_t trail = 0;           ///< of all that there was each time the power came back
    bool cut_short = false;            ///< by what is known
    std::vector<std::uint64_t> states; ///< that it went through once its script was at its end
    std::vector<std::uint64_t> ends;   ///< likewise, after its work
    script happened;
    std::vector<point> kept;
    std::string timeline;
    [[nodiscard]] bool good() const noexcept { return findings.empty(); }
};

/// A scenario as it is before its first step can go wrong; made once for many runs.
class prepared_scenario {
  public:
    explicit prepared_scenario(const scenario& of, mutant wrong = mutant::none);
    /// Runs it with what the script says going wrong, then with nothing going wrong any more to its end, and has it
    /// judged. The same script is the same run.
    [[nodiscard]] run_report run(const script& plan, const run_settings& how = {}) const;
    [[nodiscard]] const scenario& of() const noexcept { return of_; }

  private:
    const scenario& of_;
    world::beginning begins_;
    std::map<std::string, slip> paper_;
};

/// One line for each finding.
[[nodiscard]] std::string to_string(const std::vector<finding>& found);

} // namespace cipherlane::simulation
