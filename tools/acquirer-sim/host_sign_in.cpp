#include "acquirer-sim/exchange.hpp"

namespace cipherlane::sim {

std::string host_core::master_asked_for(const exchange& on) {
    const auto asked = iso8583::field60::parse(on.request.value(60));
    const auto sm4 = books_.sm4_master(on.terminal->terminal_id);
    const bool changes = sm4 && asked && asked->network.view() == sm4->sign_in_code;
    const auto& own = changes ? sm4->tmk : on.terminal->tmk;
    const auto fresh = books_.new_master(on.terminal->terminal_id);
    return fresh && keys_.is_sm4(fresh->tmk) == keys_.is_sm4(own) ? fresh->tmk : own;
}

std::string host_core::master_in_force(const exchange& on) {
    const auto sm4 = books_.sm4_master(on.terminal->terminal_id);
    return sm4 && keys_.is_sm4(on.terminal->tak) ? sm4->tmk : on.terminal->tmk;
}

void host_core::sign_in(exchange& on) {
    const auto master = master_asked_for(on);
    const auto keys = keys_.sign_in(master, call(machine_time));
    if (!keys) {
        log_.tell(log_level::error, "sign-in", keys.error().to_string());
        return on.refuse("96");
    }
    const auto field62 = keys->for_terminal.to_field62({});
    if (!field62) return on.refuse("96");
    on.terminal->tpk = keys->tpk;
    on.terminal->tak = keys->tak;
    books_.put_terminal(*on.terminal);
    if (auto fresh = books_.new_master(on.terminal->terminal_id); fresh && fresh->tmk == master) {
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
    const auto made = keys_.new_master(master_in_force(on), call(machine_time));
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

/// A MAC under keys that came under the new master key shows that the terminal has it.
void host_core::confirm_master(exchange& on) {
    const auto fresh = books_.new_master(on.terminal->terminal_id);
    if (!fresh || !fresh->signed_in || keys_.is_sm4(fresh->tmk) != keys_.is_sm4(on.terminal->tak)) return;
    if (keys_.is_sm4(fresh->tmk)) {
        auto sm4 = books_.sm4_master(on.terminal->terminal_id);
        if (sm4) books_.put_sm4_master(on.terminal->terminal_id, {fresh->tmk, sm4->sign_in_code});
    } else {
        on.terminal->tmk = fresh->tmk;
        books_.put_terminal(*on.terminal);
    }
    books_.drop_new_master(on.terminal->terminal_id);
}

} // namespace cipherlane::sim
