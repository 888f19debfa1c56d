#include "simkit/fault_player.hpp"

#include <utility>

namespace cipherlane::sim {

played_answer play(const std::optional<fault>& hit, bytes answer, const alteration& alter) {
    played_answer made;
    if (!hit) {
        made.message = std::move(answer);
        return made;
    }
    switch (hit->effect) {
    case fault_effect::withhold: return made;
    case fault_effect::end: made.hang_up = true; return made;
    case fault_effect::wait: made.delay = hit->delay; break;
    case fault_effect::repeat: made.copies = 2; break;
    case fault_effect::halve:
        answer.resize(answer.size() / 2);
        made.hang_up = hit->value == "close";
        break;
    case fault_effect::alter:
        if (alter) answer = alter(*hit, std::move(answer));
        break;
    }
    made.message = std::move(answer);
    return made;
}

void fault_player::send(const std::string& operation, bytes answer, const alteration& alter) {
    send_under(plan_.hit(operation), std::move(answer), alter);
}

void fault_player::send_under(const std::optional<fault>& hit, bytes answer, const alteration& alter) {
    auto made = play(hit, std::move(answer), alter);
    const auto delay = made.delay;
    auto act = [send = around_.send, unplug = around_.unplug, now = std::move(made)] {
        for (int copy = 0; copy < now.copies && !now.message.empty(); ++copy)
            send(now.message);
        if (now.hang_up) unplug();
    };
    if (delay.count() > 0) return around_.later(delay, std::move(act));
    act();
}

} // namespace cipherlane::sim
