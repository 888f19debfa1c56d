#pragma once

#include <nlohmann/json_fwd.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace cipherlane::sim {

/// What a fault does to an answer, whatever simulator gives it.
enum class fault_effect : std::uint8_t {
    withhold, ///< nothing is sent
    wait,     ///< it comes later
    halve,    ///< its first half alone
    repeat,   ///< it comes twice
    end,      ///< the link ends instead
    alter,    ///< the simulator changes it, or what it does
};

/// Which values a kind of fault takes.
struct fault_values {
    std::string form = {};    ///< a regular expression; empty: none
    std::string words = {};   ///< the same for people: "two characters"
    std::string nothing = {}; ///< the one that would change nothing; empty: there is none
};

/// A row of a simulator's table of faults.
struct fault_kind {
    std::string name; ///< the simulator's own word ("drop", "delay", "wrong_mac", …)
    fault_effect effect = fault_effect::alter;
    std::vector<std::string> operations = {}; ///< where it can hit; empty: anywhere
    fault_values value = {};
    bool takes_time = effect == fault_effect::wait; ///< whether `delay_ms` means something
};

/// One fault that was asked for.
struct fault {
    std::string kind;
    std::string match;                  ///< only where the simulator's operation has this name; empty: any
    int skip = 0;                       ///< let so many matching operations pass first
    int times = 1;                      ///< then hit so many; negative: no end
    double probability = 1;             ///< of each hit, by the plan's seed
    std::chrono::milliseconds delay{0}; ///< for kinds that wait
    std::string value;                  ///< for kinds that need one, e.g. an error code
    fault_effect effect = fault_effect::alter;
};

/// The faults a rig has asked for, applied in the order of the list, reproducible by seed.
/// Not thread-safe: belongs to the simulator's thread.
class fault_plan {
  public:
    /// How long kinds wait that are given no `delay_ms`.
    static constexpr std::chrono::milliseconds usual_delay{1000};

    /// `kinds`: what this simulator can do; anything else is refused.
    explicit fault_plan(std::vector<fault_kind> kinds, std::uint64_t seed = 1);

    /// Serves the control command `faults` (`{"cmd":"faults","set":[{"kind":"delay","delay_ms":50}],"seed":7}`
    /// replaces the list; without `set` it only lists) and answers with the list and how often each has hit, and
    /// with the kinds and what they can match.
    /// Throws `std::invalid_argument` for what could have no effect: an unknown kind or entry, a value out of range,
    /// a match that the kind never meets, a delay or value for a kind that takes none, a wait of no time, a value
    /// that changes nothing. The list stays as it was.
    nlohmann::json control(const nlohmann::json& request);

    void set(std::vector<fault> faults, std::uint64_t seed);

    /// The fault that hits this operation, if any; counts it.
    [[nodiscard]] std::optional<fault> hit(const std::string& operation);

    /// How often each kind has hit since the start, as counters: "fault KIND".
    [[nodiscard]] const std::map<std::string, std::uint64_t>& counters() const noexcept { return counters_; }

  private:
    struct entry {
        fault what;
        const fault_kind* kind;
        int seen = 0;
        int hits = 0;
    };
    [[nodiscard]] const fault_kind& kind_of(const fault& what) const;

    std::vector<fault_kind> kinds_;
    std::vector<entry> entries_;
    std::map<std::string, std::uint64_t> counters_;
    std::uint64_t seed_;
    std::mt19937_64 random_;
};

} // namespace cipherlane::sim
