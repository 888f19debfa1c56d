// What a rig writes to a simulator's control channel, line by line: each is answered with one line of JSON, and what
// is no object ends the connection. The desk has arguments of every type and a plan of faults behind it.
#include "simkit/control_channel.hpp"
#include "simkit/control_desk.hpp"
#include "simkit/fault_plan.hpp"
#include "simkit/fault_text.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

using namespace cipherlane::sim;

namespace {

fault_plan plan_of_all_effects() {
    return fault_plan({{"drop", fault_effect::withhold}, {"delay", fault_effect::wait},
        {"truncate", fault_effect::halve}, {"twice", fault_effect::repeat}, {"hang_up", fault_effect::end},
        {"refuse", fault_effect::alter, {"A0", "CA"}, {"[0-9A-Z]{2}", "two digits or capitals", "00"}}});
}

void fill(control_desk& desk, fault_plan& plan) {
    desk.add("faults", {"set:list?", "seed:number?"}, "plans faults",
        [&](const nlohmann::json& request) { return plan.control(request); });
    desk.add("key", {"key:text", "times:number?", "hold:yes_or_no?", "with:object?"}, "presses a key",
        [](const nlohmann::json& request) {
            return nlohmann::json{{"key", request["key"]}, {"times", whole_number(request, "times", 1, 1, 9)}};
        });
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view text(reinterpret_cast<const char*>(data), size);
    fault_plan plan = plan_of_all_effects();
    control_desk desk;
    fill(desk, plan);
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        const std::string line(text.substr(0, end));
        text.remove_prefix(std::min(text.size(), end + 1));
        const auto reply = control_channel::reply_to(line, [&](const auto& request) { return desk.serve(request); });
        const auto read = nlohmann::json::parse(reply.line, nullptr, false);
        if (!read.is_object() || !read.contains("ok") || reply.line.find('\n') != reply.line.size() - 1) std::abort();
        try {
            (void)fault_entry(line);
        } catch (const std::exception&) { // says in words what is wrong
        }
        for (const char* operation : {"A0", "CA", ""})
            (void)plan.hit(operation);
        if (reply.foreign) break;
    }
    return 0;
}
