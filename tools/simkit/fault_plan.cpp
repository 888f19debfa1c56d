#include "simkit/fault_plan.hpp"

#include "simkit/control_desk.hpp"

#include <cipherlane/core/printable_text.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <limits>
#include <regex>
#include <stdexcept>

namespace cipherlane::sim {
namespace {

constexpr int longest_delay_ms = 3'600'000;
constexpr std::size_t longest_value = 64; // a regular expression must not recurse as deep as a rig likes
constexpr std::size_t longest_shown = 80; // longer than any value: what is wrong may stand at its end

void refuse_if(bool wrong, const std::string& why) {
    if (wrong) throw std::invalid_argument(why);
}

fault read_fault(const nlohmann::json& from) {
    refuse_if(!from.is_object(), "a fault must be an object");
    static const std::vector<control_argument> known{{"kind:text"}, {"match:text?"}, {"skip:number?"},
        {"times:number?"}, {"probability:number?"}, {"delay_ms:number?"}, {"value:text?"}};
    check_arguments(from, known);
    fault what;
    what.kind = from.at("kind").get<std::string>();
    what.match = from.value("match", what.match);
    const auto delay = whole_number(from, "delay_ms", 0, 0, longest_delay_ms);
    what.skip = static_cast<int>(whole_number(from, "skip", what.skip, 0, 1'000'000));
    what.times = static_cast<int>(whole_number(from, "times", what.times, -1'000'000, 1'000'000));
    what.probability = from.value("probability", what.probability);
    what.delay = std::chrono::milliseconds(delay);
    what.value = from.value("value", what.value);
    refuse_if(what.times == 0, "times must not be 0: leave the fault out");
    refuse_if(!(what.probability > 0.0 && what.probability <= 1.0), "probability must be above 0 and at most 1");
    return what;
}

bool is_in(const std::vector<std::string>& list, const std::string& one) {
    return std::find(list.begin(), list.end(), one) != list.end();
}

std::string joined(const std::vector<std::string>& words) {
    std::string all;
    for (const auto& word : words)
        all += (all.empty() ? "" : ", ") + word;
    return all;
}

} // namespace

fault_plan::fault_plan(std::vector<fault_kind> kinds, std::uint64_t seed)
    : kinds_(std::move(kinds))
    , seed_(seed)
    , random_(seed) {}

const fault_kind& fault_plan::kind_of(const fault& what) const {
    const auto found =
        std::find_if(kinds_.begin(), kinds_.end(), [&](const fault_kind& kind) { return kind.name == what.kind; });
    std::vector<std::string> names;
    for (const auto& kind : kinds_)
        names.push_back(kind.name);
    refuse_if(found == kinds_.end(), "unknown fault kind " + what.kind + ", known: " + joined(names));
    const auto& where = found->operations;
    refuse_if(!what.match.empty() && !where.empty() && !is_in(where, what.match),
        what.kind + " can match " + joined(where) + ", not " + what.match);
    refuse_if(what.delay.count() != 0 && !found->takes_time, what.kind + " takes no delay_ms");
    const auto& allowed = found->value;
    refuse_if(!what.value.empty() && allowed.form.empty(), what.kind + " takes no value");
    const bool fits = what.value.size() <= longest_value && std::regex_match(what.value, std::regex(allowed.form));
    refuse_if(!fits && what.value.empty(), what.kind + " needs a value: " + allowed.words);
    refuse_if(!fits, "value of " + what.kind + ": found \"" + printable_text(what.value, longest_shown) +
                         "\", expected " + allowed.words);
    refuse_if(!what.value.empty() && what.value == allowed.nothing,
        "value " + what.value + " of " + what.kind + " would change nothing");
    return *found;
}

void fault_plan::set(std::vector<fault> faults, std::uint64_t seed) {
    std::vector<entry> checked;
    for (auto& what : faults) {
        const auto& kind = kind_of(what);
        what.effect = kind.effect;
        if (what.effect == fault_effect::wait && what.delay.count() == 0) what.delay = usual_delay;
        checked.push_back({std::move(what), &kind, 0, 0});
    }
    entries_ = std::move(checked);
    seed_ = seed;
    random_.seed(seed);
}

nlohmann::json fault_plan::control(const nlohmann::json& request) {
    static const std::vector<control_argument> known{{"cmd:text"}, {"set:list?"}, {"seed:number?"}};
    check_arguments(request, known);
    refuse_if(request.contains("seed") && !request.contains("set"), "seed goes with set");
    if (request.contains("set")) {
        std::vector<fault> faults;
        for (const auto& one : request.at("set")) {
            faults.push_back(read_fault(one));
            const bool no_time = one.contains("delay_ms") && faults.back().delay.count() == 0;
            refuse_if(no_time && kind_of(faults.back()).effect == fault_effect::wait,
                faults.back().kind + " with delay_ms 0 would do nothing: leave it out for a second, or say how long");
        }
        constexpr auto most = std::numeric_limits<std::int64_t>::max();
        const auto seed = whole_number(request, "seed", static_cast<std::int64_t>(seed_), 0, most);
        set(std::move(faults), static_cast<std::uint64_t>(seed));
    }
    nlohmann::json answer{{"seed", seed_}, {"kinds", nlohmann::json::array()}, {"faults", nlohmann::json::array()}};
    for (const auto& kind : kinds_) {
        answer["kinds"].push_back({{"kind", kind.name}, {"matches", kind.operations}});
        if (!kind.value.words.empty()) answer["kinds"].back()["value"] = kind.value.words;
    }
    for (const auto& one : entries_) {
        answer["faults"].push_back({{"kind", one.what.kind}, {"match", one.what.match}, {"hits", one.hits}});
    }
    return answer;
}

std::optional<fault> fault_plan::hit(const std::string& operation) {
    for (auto& one : entries_) {
        if (!one.what.match.empty() && one.what.match != operation) continue;
        if (!one.kind->operations.empty() && !is_in(one.kind->operations, operation)) continue;
        if (one.what.times >= 0 && one.hits >= one.what.times) continue;
        if (one.seen++ < one.what.skip) continue;
        if (std::uniform_real_distribution<>(0.0, 1.0)(random_) >= one.what.probability) continue;
        ++one.hits;
        ++counters_["fault " + one.what.kind];
        return one.what;
    }
    return std::nullopt;
}

} // namespace cipherlane::sim
