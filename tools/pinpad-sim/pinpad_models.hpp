#pragma once

#include "pinpad-sim/pad_model.hpp"
#include "pinpad-sim/pin_entry.hpp"
#include "simkit/device_simulator.hpp"

#include <cipherlane/core/logger.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace cipherlane::sim {

/// The families that the simulator speaks, as their drivers are called.
[[nodiscard]] std::vector<std::string_view> pinpad_models();

/// What makes the model of a family; nothing for a name that is not known.
/// @param with for `abecs`; of it, `idle` counts for all
[[nodiscard]] device_simulator::maker pinpad_maker(
    std::string_view family, pad_model::settings with, master_keys keys, const logger& log);

} // namespace cipherlane::sim
