#include "lane/rig_faults.hpp"

#include "simkit/fault_text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <stdexcept>

namespace cipherlane::sim {
namespace {

struct name_row {
    std::string_view name;
    simulator simulators::*member;
};

constexpr name_row names[] = {
    {"hsm", &simulators::cipher_machine},
    {"acquirer", &simulators::acquirer},
    {"gateway", &simulators::gateway},
    {"display", &simulators::display},
    {"pinpad", &simulators::pinpad},
};

std::string all_names() {
    std::string all;
    for (const auto& row : names)
        all.append(all.empty() ? "" : ", ").append(row.name);
    return all;
}

const name_row& row_named(std::string_view name) {
    const auto* found =
        std::find_if(std::begin(names), std::end(names), [&](const name_row& row) { return row.name == name; });
    if (found == std::end(names)) {
        throw std::invalid_argument("no simulator \"" + std::string(name) + "\", only " + all_names());
    }
    return *found;
}

} // namespace

rig_fault rig_fault::parse(const std::string& text) {
    const auto colon = text.find(':');
    if (colon == std::string::npos || colon + 1 == text.size()) {
        throw std::invalid_argument("fault \"" + text + "\": expected SIMULATOR:KIND[:MATCH]");
    }
    const auto name = text.substr(0, colon);
    static_cast<void>(row_named(name));
    const auto rest = text.substr(colon + 1);
    try {
        return {name, fault_entry(rest).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)};
    } catch (const std::invalid_argument& why) {
        throw std::invalid_argument("fault of " + name + ": " + why.what());
    }
}

simulator& simulator_named(simulators& around, const std::string& name) {
    return around.*row_named(name).member;
}

void plan_faults(simulators& around, const std::vector<rig_fault>& faults) {
    std::map<std::string, nlohmann::json> lists;
    for (const auto& one : faults) {
        auto& list = lists.try_emplace(one.simulator, nlohmann::json::array()).first->second;
        list.push_back(nlohmann::json::parse(one.plan));
    }
    for (const auto& [name, list] : lists) {
        try {
            simulator_named(around, name).control().ask({{"cmd", "faults"}, {"set", list}});
        } catch (const std::runtime_error& why) {
            throw std::runtime_error("fault of " + name + ": " + why.what());
        }
    }
}

nlohmann::json places_of(simulators& around) {
    auto all = nlohmann::json::object();
    for (const auto& row : names) {
        const auto& one = around.*row.member;
        auto& entry = all[std::string(row.name)];
        entry["where"] = one.where();
        if (one.is_ours()) entry["control"] = one.control_endpoint();
    }
    return all;
}

} // namespace cipherlane::sim
