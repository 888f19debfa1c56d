#pragma once

#include "simulation/cashier.hpp"
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

/// Whatever may be run by name.
[[nodiscard]] std::span<const scenario> scenarios() noexcept;
[[nodiscard]] const scenario* find_scenario(std::string_view name) noexcept;

/// How a run is to be looked at.
struct run_settings {
    std::uint64_t seed = 1;
    mutant wrong = mutant::none;
    bool keeps_steps = false;
    bool keeps_timeline = false;
    std::uint64_t rarity = 0; ///< not zero: faults come by chance, one in so many steps
};

struct run_report {
    std::vector<finding> findings;
    std::uint32_t steps = 0; ///< that were counted
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
