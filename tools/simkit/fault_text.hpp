#pragma once

#include <nlohmann/json_fwd.hpp>

#include <functional>
#include <string>
#include <vector>

namespace cipherlane::sim {

/// A fault as command lines write it, `KIND`, `KIND:MATCH` (MATCH may hold colons) or `{JSON}`, as an entry of the
/// control command `faults`. Throws `std::invalid_argument` in words.
[[nodiscard]] nlohmann::json fault_entry(const std::string& written);

/// Plans the faults of a command line, in their order, through what serves the control channel. Throws
/// `std::runtime_error` with the words of the simulator.
void plan_at_start(
    const std::vector<std::string>& written, const std::function<nlohmann::json(const nlohmann::json&)>& control);

} // namespace cipherlane::sim
