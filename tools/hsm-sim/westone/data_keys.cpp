#include "hsm-sim/westone/commands.hpp"

namespace cipherlane::hsm_sim {
namespace {

/// D0 02
void transport_to_lmk(westone_exchange& x) {
    const raw_key transport{x.take(x.length_flag())};
    const auto wrapped = x.take(x.key_length());
    const auto bmk = x.open(transport, x.transport());
    x.put_new_key(x.untyped(), x.open_under(bmk, wrapped));
}

/// D0 04
void lmk_to_transport(westone_exchange& x) {
    const raw_key transport{x.take(x.length_flag())};
    const raw_key wrapped{x.take(x.key_length())};
    const auto bmk = x.open(transport, x.transport());
    const auto key = x.open(wrapped, x.untyped());
    if (!x.ready()) return;
    x.put_byte(key.size());
    x.put_under(bmk, key);
    x.put_kcv(key);
}

/// D0 06
void random_key(westone_exchange& x) {
    const auto length = x.key_length();
    x.put_new_key(x.untyped(), x.generate(length));
}

/// D0 08
void take_untyped_clear_key(westone_exchange& x) {
    const auto clear = x.take(x.key_length());
    if (x.ready()) put_clear_key(x, x.untyped(), clear);
}

/// D0 0A. The command names no type: the key is what its parity fits under, the untyped one first.
void check_key(westone_exchange& x) {
    const auto field = x.key_by_length();
    const std::size_t length = x.byte();
    if (x.ready() && (length < 4 || length > 8)) return x.impossible(westone_error::input_length);
    const auto given = x.take(length);
    if (!x.ready()) return;
    const auto fits = [&](lmk_slot type) {
        clear_key key(field.bytes.size());
        x.lmks.unwrap(type, part_rule::ecb, field.bytes, key.span());
        return has_odd_parity(key.view());
    };
    lmk_slot type = x.untyped();
    if (x.ready() && !fits(type)) {
        for (const auto& [code, slot] : x.on.settings().raw_key_types) {
            if (fits(slot)) type = slot;
        }
    }
    x.check_kcv(x.open(field, type), given);
}

/// D0 0C
void form_key(westone_exchange& x) {
    const auto length = x.key_length();
    const std::size_t count = x.byte();
    if (x.ready() && (count < 1 || count > 9)) return x.impossible(westone_error::input_length);
    clear_key sum(length);
    const auto components = x.take(count * length);
    for (std::size_t i = 0; i < count && x.ready(); ++i) {
        const auto part = x.open({components.subspan(i * length, length)}, x.untyped());
        for (std::size_t k = 0; k < part.size(); ++k)
            sum.span()[k] ^= part.view()[k];
    }
    force_odd_parity(sum.span());
    x.put_new_key(x.untyped(), sum);
}

constexpr westone_row westone_data_keys_table[] = {
    {0xD0, 0x02, transport_to_lmk},
    {0xD0, 0x04, lmk_to_transport},
    {0xD0, 0x06, random_key},
    {0xD0, 0x08, take_untyped_clear_key},
    {0xD0, 0x0A, check_key},
    {0xD0, 0x0C, form_key},
};

} // namespace

std::span<const westone_row> westone_data_key_commands() noexcept {
    return westone_data_keys_table;
}

} // namespace cipherlane::hsm_sim
