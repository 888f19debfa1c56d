#include "acquirer-sim/exchange.hpp"

namespace cipherlane::sim {

void host_core::sign_in(exchange& on) {
    const auto keys = keys_.sign_in(on.terminal->tmk, call(machine_time));
    if (!keys) {
        log_.error(component, keys.error().to_string());
        return on.refuse("96");
    }
    const auto field62 = keys->for_terminal.to_field62({});
    if (!field62) return on.refuse("96");
    on.terminal->tpk = keys->tpk;
    on.terminal->tak = keys->tak;
    books_.put_terminal(*on.terminal);
    ask_sign_in_ = false;
    auto told = bytes(field62->begin(), field62->end());
    if (on.asked("wrong_check_value")) told.back() ^= 1U;
    on.answer.set(62, byte_view(told));
    on.answer.set(32, "48000000");
    on.accept();
}

} // namespace cipherlane::sim
