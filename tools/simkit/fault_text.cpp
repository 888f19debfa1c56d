#include "simkit/fault_text.hpp"

#include <nlohmann/json.hpp>

#include <stdexcept>

namespace cipherlane::sim {

nlohmann::json fault_entry(const std::string& written) {
    if (written.empty()) throw std::invalid_argument("expected KIND[:MATCH] or a JSON object");
    if (written.front() == '{') {
        auto asked = nlohmann::json::parse(written, nullptr, false);
        if (!asked.is_object()) throw std::invalid_argument("no JSON object: " + written);
        return asked;
    }
    const auto colon = written.find(':');
    nlohmann::json asked{{"kind", written.substr(0, colon)}};
    if (colon != std::string::npos) asked["match"] = written.substr(colon + 1);
    return asked;
}

void plan_at_start(
    const std::vector<std::string>& written, const std::function<nlohmann::json(const nlohmann::json&)>& control) {
    if (written.empty()) return;
    try {
        auto all = nlohmann::json::array();
        for (const auto& one : written)
            all.push_back(fault_entry(one));
        (void)control({{"cmd", "faults"}, {"set", all}});
    } catch (const std::invalid_argument& why) {
        throw std::runtime_error(std::string("--fault: ") + why.what());
    }
}

} // namespace cipherlane::sim
