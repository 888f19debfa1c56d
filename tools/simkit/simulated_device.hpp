#pragma once

#include "simkit/control_desk.hpp"
#include "simkit/fault_player.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <map>
#include <string>

namespace cipherlane::sim {

/// A device without its wire: bytes in, calls of its surroundings out. Not thread-safe.
class simulated_device {
  public:
    simulated_device(std::vector<fault_kind> faults, surroundings around);
    simulated_device(const simulated_device&) = delete;
    simulated_device& operator=(const simulated_device&) = delete;
    virtual ~simulated_device();

    virtual void receive(byte_view data) = 0;
    /// What was begun on the line is forgotten; the device has power of its own.
    virtual void link_lost() = 0;

    /// The rig's commands: `counters`, `faults`, and what the device adds.
    [[nodiscard]] control_desk& desk() noexcept { return desk_; }
    nlohmann::json control(const nlohmann::json& request);
    /// One of the counters; 0 for one that has not begun.
    [[nodiscard]] std::uint64_t counted(const std::string& what) const;

  protected:
    void count(const std::string& what, std::uint64_t by = 1) { counters_[what] += by; }
    [[nodiscard]] fault_player& player() noexcept { return player_; }
    [[nodiscard]] const surroundings& around() const noexcept { return player_.around(); }

  private:
    fault_player player_;
    std::map<std::string, std::uint64_t> counters_;
    control_desk desk_;
};

} // namespace cipherlane::sim
