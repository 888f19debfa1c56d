#include "simkit/fault_plan.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <stdexcept>

namespace cipherlane::sim {
namespace {

constexpr int longest_delay_ms = 3'600'000;

void refuse_if(bool wrong, const std::string& why) {
    if (wrong) throw std::invalid_argument(why);
}

fault read_fault(const nlohmann::json& from) {
    refuse_if(!from.is_object(), "a fault must be an object");
    only_keys(from, {"kind", "match", "skip", "times", "probability", "delay_ms", "value"});
    fault what;
    what.kind = from.at("kind").get<std::string>();
    what.match = from.value("match", what.match);
    what.skip = from.value("skip", what.skip);
    what.times = from.value("times", what.times);
    what.probability = from.value("probability", what.probability);
    const auto delay = from.value("delay_ms", 0);
    what.delay = std::chrono::milliseconds(delay);
    what.value = from.value("value", what.value);
    refuse_if(what.skip < 0, "skip must not be negative");
    refuse_if(what.times == 0, "times must not be 0: leave the fault out");
    refuse_if(!(what.probability >= 0.0 && what.probability <= 1.0), "probability must be from 0 to 1");
    refuse_if(delay < 0 || delay > longest_delay_ms, "delay_ms must be from 0 to 3600000");
    return what;
}

} // namespace

void only_keys(const nlohmann::json& request, std::initializer_list<std::string_view> known) {
    for (const auto& [key, value] : request.items()) {
        if (std::find(known.begin(), known.end(), key) == known.end())
            throw std::invalid_argument("unknown entry " + key);
    }
}

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
    only_keys(request, {"cmd", "set", "seed"});
    if (request.contains("set")) {
        refuse_if(!request.at("set").is_array(), "set must be a list of faults");
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
