#include "simkit/fault_plan.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <stdexcept>

namespace cipherlane::sim {
namespace {

fault read_fault(const nlohmann::json& from) {
    fault what;
    what.kind = from.at("kind").get<std::string>();
    what.match = from.value("match", what.match);
    what.skip = from.value("skip", what.skip);
    what.times = from.value("times", what.times);
    what.probability = from.value("probability", what.probability);
    what.delay = std::chrono::milliseconds(from.value("delay_ms", 0));
    what.value = from.value("value", what.value);
    return what;
}

} // namespace

fault_plan::fault_plan(std::vector<std::string> known, std::uint64_t seed)
    : known_(std::move(known))
    , seed_(seed)
    , random_(seed) {}

void fault_plan::set(std::vector<fault> faults, std::uint64_t seed) {
    for (const auto& what : faults) {
        if (std::find(known_.begin(), known_.end(), what.kind) == known_.end()) {
            throw std::invalid_argument("unknown fault kind: " + what.kind);
        }
    }
    entries_.clear();
    for (auto& what : faults)
        entries_.push_back({std::move(what), 0, 0});
    seed_ = seed;
    random_.seed(seed);
}

nlohmann::json fault_plan::control(const nlohmann::json& request) {
    if (request.contains("set")) {
        std::vector<fault> faults;
        for (const auto& one : request.at("set"))
            faults.push_back(read_fault(one));
        set(std::move(faults), request.value("seed", seed_));
    }
    nlohmann::json answer{{"seed", seed_}, {"kinds", known_}, {"faults", nlohmann::json::array()}};
    for (const auto& one : entries_) {
        answer["faults"].push_back({{"kind", one.what.kind}, {"match", one.what.match}, {"hits", one.hits}});
    }
    return answer;
}

std::optional<fault> fault_plan::hit(const std::string& operation) {
    for (auto& one : entries_) {
        if (!one.what.match.empty() && one.what.match != operation) continue;
        if (one.what.times >= 0 && one.hits >= one.what.times) continue;
        if (one.seen++ < one.what.skip) continue;
        if (std::uniform_real_distribution<>(0.0, 1.0)(random_) >= one.what.probability) continue;
        ++one.hits;
        return one.what;
    }
    return std::nullopt;
}

} // namespace cipherlane::sim
