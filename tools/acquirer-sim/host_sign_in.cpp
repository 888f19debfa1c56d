#include "acquirer-sim/exchange.hpp"

namespace cipherlane::sim {

void host_core::sign_in(exchange& on) {
    auto fresh = books_.new_master(on.terminal->terminal_id);
    const auto keys = keys_.sign_in(fresh ? fresh->tmk : on.terminal->tmk, call(machine_time));
    if (!keys) {
        log_.tell(log_level::error, "sign-in", keys.error().to_string());
        return on.refuse("96");
    }
    const auto field62 = keys->for_terminal.to_field62({});
    if (!field62) return on.refuse("96");
    on.terminal->tpk = keys->tpk;
    on.terminal->tak = keys->tak;
    books_.put_terminal(*on.terminal);
    if (fresh) {
        fresh->signed_in = true;
        books_.put_new_master(on.terminal->terminal_id, *fresh);
    }
    ask_sign_in_ = false;
    auto told = bytes(field62->begin(), field62->end());
    if (on.asked("wrong_check_value")) told.back() ^= 1U;
    on.answer.set(62, byte_view(told));
    on.answer.set(32, "48000000");
    on.accept();
}

/// From the next sign-in on working keys are given under it; the one before stays until a message shows that the
/// terminal has it, so that a terminal which missed the answer may ask again.
void host_core::master_key(exchange& on) {
    const auto made = keys_.new_master(on.terminal->tmk, call(machine_time));
    if (!made) {
        log_.tell(log_level::error, "new master key", made.error().to_string());
        return on.refuse("96");
    }
    books_.put_new_master(on.terminal->terminal_id, {made->tmk, false});
    auto told = made->for_terminal.cryptogram;
    told.insert(told.end(), made->for_terminal.check_value.begin(), made->for_terminal.check_value.end());
    if (on.asked("wrong_check_value")) told.back() ^= 1U;
    on.answer.set(62, byte_view(told));
    on.accept();
}

} // namespace cipherlane::sim
