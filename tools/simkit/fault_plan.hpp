#pragma once

#include <nlohmann/json_fwd.hpp>

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace cipherlane::sim {

/// One fault that was asked for. `kind` is the simulator's own word ("drop", "delay", "wrong_mac", …).
struct fault {
    std::string kind;
    std::string match;                  ///< only where the simulator's operation has this name; empty: any
    int skip = 0;                       ///< let so many matching operations pass first
    int times = 1;                      ///< then hit so many; negative: no end
    double probability = 1.0;           ///< of each hit, by the plan's seed
    std::chrono::milliseconds delay{0}; ///< for kinds that wait
    std::string value;                  ///< for kinds that need one, e.g. an error code
};

/// Throws `std::invalid_argument` with the first entry of `request` that is none of `known`: what is misspelt would
/// do nothing, and say that all is well.
void only_keys(const nlohmann::json& request, std::initializer_list<std::string_view> known);

/// The faults a rig has asked for, applied in the order of the list, reproducible by seed.
/// Not thread-safe: belongs to the simulator's thread.
class fault_plan {
  public:
    /// `known`: the kinds this simulator can do; anything else is refused.
    fault_plan(std::vector<std::string> known, std::uint64_t seed = 1);

    /// Serves the control commands `faults` (`{"cmd":"faults","set":[{"kind":"delay","delay_ms":50}],"seed":7}`
    /// replaces the list; without `set` it only lists) and answers with the list and how often each has hit.
    /// Throws `std::invalid_argument` for an unknown kind or entry and for values out of range.
    nlohmann::json control(const nlohmann::json& request);

    void set(std::vector<fault> faults, std::uint64_t seed);

    /// The fault that hits this operation, if any; counts it.
    [[nodiscard]] std::optional<fault> hit(const std::string& operation);

  private:
    struct entry {
        fault what;
        int seen = 0;
        int hits = 0;
    };
    std::vector<std::string> known_;
    std::vector<entry> entries_;
    std::uint64_t seed_;
    std::mt19937_64 random_;
};

} // namespace cipherlane::sim
