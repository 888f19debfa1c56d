#pragma once

#include "lane/simulators.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

namespace cipherlane::sim {

/// A fault as the rig's command line writes it: `SIMULATOR:KIND`, `SIMULATOR:KIND:MATCH` (MATCH may hold colons) or
/// `SIMULATOR:{JSON}`, an object of the control command `faults`.
struct rig_fault {
    /// Throws `std::invalid_argument` in words.
    [[nodiscard]] static rig_fault parse(const std::string& text);

    std::string simulator; ///< hsm, acquirer, gateway, display or pinpad
    std::string plan;      ///< one entry of the command `faults`, as JSON
};

/// The simulator of this name. Throws `std::invalid_argument` for a name that is none.
[[nodiscard]] simulator& simulator_named(simulators& around, const std::string& name);

/// Plans the faults, those of one simulator in their order. Throws `std::runtime_error` with a simulator's words.
void plan_faults(simulators& around, const std::vector<rig_fault>& faults);

/// Where everything is and listens: `{"hsm":{"where":…,"control":…},…}`, one entry for each simulator or device; what
/// is no simulator has no `control`.
[[nodiscard]] nlohmann::json places_of(simulators& around);

} // namespace cipherlane::sim
