#include "display-sim/packet_model.hpp"

namespace cipherlane::sim {

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
    auto hit = faults().hit(name);
    if (!hit) return around().send(wrap(content));
    if (hit->kind == "silent") return;
    if (hit->kind == "unplug") return around().unplug();
    if (hit->kind == "garbage") return around().send(bytes(40, 0x5A));
    if (hit->kind == "wrong_command") {
        content[0] = static_cast<std::uint8_t>(content[0] ^ 0x0FU);
        return around().send(wrap(content));
    }
    if (hit->kind == "refuse") return around().send(wrap(bytes{content[0], 0x15, 0x07}));
    auto answer = wrap(content);
    if (hit->kind == "truncate") {
        answer.resize(answer.size() / 2);
        return around().send(std::move(answer));
    }
    around().later(hit->delay, [send = around().send, late = std::move(answer)] { send(late); });
}

} // namespace cipherlane::sim
