#include "display-sim/packet_model.hpp"

namespace cipherlane::sim {
namespace {

std::vector<fault_kind> packet_faults(const std::vector<std::string>& commands) {
    return {{"silent", fault_effect::withhold, commands}, {"delay", fault_effect::wait, commands},
        {"garbage", fault_effect::alter, commands}, {"wrong_command", fault_effect::alter, commands},
        {"refuse", fault_effect::alter, commands}, {"truncate", fault_effect::halve, commands},
        {"unplug", fault_effect::end, commands}};
}

} // namespace

packet_model::packet_model(const display_options& options, std::vector<std::string> commands, surroundings around)
    : display_model(options, packet_faults(commands), std::move(around)) {}

void packet_model::receive(byte_view data) {
    count("bytes", data.size());
    held_.insert(held_.end(), data.begin(), data.end());
    while (!held_.empty()) {
        const auto done = take(held_);
        if (done == 0) return;
        held_.erase(held_.begin(), held_.begin() + static_cast<std::ptrdiff_t>(done));
    }
}

void packet_model::respond(const std::string& name, bytes content) {
    player().send(name, wrap(content), [&](const fault& hit, const bytes&) {
        if (hit.kind == "garbage") return bytes(40, 0x5A);
        if (hit.kind == "refuse") return wrap(bytes{content[0], 0x15, 0x07});
        auto other = content;
        other[0] = static_cast<std::uint8_t>(other[0] ^ 0x0FU);
        return wrap(other);
    });
}

} // namespace cipherlane::sim
