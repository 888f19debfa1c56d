#include "simkit/simulated_device.hpp"

#include <nlohmann/json.hpp>

namespace cipherlane::sim {

simulated_device::simulated_device(std::vector<fault_kind> faults, surroundings around)
    : player_(std::move(faults), std::move(around)) {
    desk_.add("counters", {}, "what came, was done, was lost", [this](const nlohmann::json&) {
        auto all = counters_;
        all.insert(player_.plan().counters().begin(), player_.plan().counters().end());
        return nlohmann::json{{"counters", all}};
    });
    desk_.add("faults", {"set:list?", "seed:number?"}, "plans faults; alone it lists them and the kinds",
        [this](const nlohmann::json& request) { return player_.plan().control(request); });
}

simulated_device::~simulated_device() = default;

nlohmann::json simulated_device::control(const nlohmann::json& request) {
    return desk_.serve(request);
}

std::uint64_t simulated_device::counted(const std::string& what) const {
    const auto found = counters_.find(what);
    return found == counters_.end() ? 0 : found->second;
}

} // namespace cipherlane::sim
