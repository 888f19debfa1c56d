#pragma once

#include "simulation/enumerate.hpp"

#include <algorithm>
#include <array>

namespace cipherlane::simulation {

/// What the simulation finds in the flow as it is and waits to be mended; each line goes with its cause.
struct known_fault {
    fault by;              ///< one of the script's; `none`: any
    std::string_view rule; ///< a finding's; with it the others of the run that follow from it. Empty: any
    std::string_view why;
};
inline constexpr std::array<known_fault, 0> known_faults{};

/// Whether a run has found one of those, and so waits to be mended already.
[[nodiscard]] inline bool known(const script& plan, const std::vector<finding>& found) {
    return std::any_of(known_faults.begin(), known_faults.end(), [&](const known_fault& row) {
        const bool by = row.by == fault::none ||
                        std::any_of(plan.begin(), plan.end(), [&](const auto& step) { return step.what == row.by; });
        return by && (row.rule.empty() || std::any_of(found.begin(), found.end(),
                                              [&](const finding& one) { return one.rule == row.rule; }));
    });
}

/// For those that look for what is new.
[[nodiscard]] inline bool unknown_yet(const script& plan, const std::vector<finding>& found) {
    return !known(plan, found);
}

} // namespace cipherlane::simulation
