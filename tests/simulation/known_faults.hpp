#pragma once

#include "simulation/enumerate.hpp"

#include <algorithm>
#include <array>

namespace cipherlane::simulation {

/// What the simulation finds in the flow as it is and waits to be mended; each line goes with its cause.
struct known_fault {
    fault by;              ///< one of the script's; `none`: any
    std::string_view rule; ///< the finding's; empty: any
    std::string_view why;
};
inline constexpr std::array known_faults{
    known_fault{fault::request_resent, {}, "94 of a front that resends is taken for a refusal"},
    known_fault{fault::request_twice, "refused for nothing",
        "what has come of a second answer is lost between two exchanges of a kept connection"},
    known_fault{fault::none, "code left on the display", "the display is not cleared at start"},
    known_fault{fault::none, "sent by itself", "recovery sends a QR refund that never left"},
};

/// Whether all that a run has found is of that kind, and waits to be mended already.
[[nodiscard]] inline bool known(const script& plan, const std::vector<finding>& found) {
    return std::all_of(found.begin(), found.end(), [&](const finding& one) {
        return std::any_of(known_faults.begin(), known_faults.end(), [&](const known_fault& row) {
            const bool fits = row.by == fault::none || std::any_of(plan.begin(), plan.end(),
                                                           [&](const auto& step) { return step.what == row.by; });
            const bool same = row.rule.empty() || row.rule == one.rule;
            // A refund that went by itself is a difference of the books, too.
            const bool follows = row.rule == "sent by itself" && one.rule == "books differ" &&
                                 std::any_of(found.begin(), found.end(),
                                     [](const finding& other) { return other.rule == "sent by itself"; });
            return fits && (same || follows);
        });
    });
}

/// For those that look for what is new.
[[nodiscard]] inline bool unknown_yet(const script& plan, const std::vector<finding>& found) {
    return !known(plan, found);
}

} // namespace cipherlane::simulation
