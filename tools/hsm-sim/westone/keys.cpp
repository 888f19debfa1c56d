#include "hsm-sim/westone/commands.hpp"

namespace cipherlane::hsm_sim {
namespace {

/// D1 02
void import_key(westone_exchange& x) {
    const auto length = x.key_length();
    const auto transport_length = x.key_length();
    const auto transport = x.key_or_index(x.word(), transport_length);
    const auto wrapped = x.take(length);
    const auto check = x.take(x.byte());
    const auto type = x.type_named(x.on.settings().import_type);
    const auto bmk = x.open(transport, x.transport());
    const auto key = x.open_under(bmk, wrapped);
    x.check_kcv(key, check);
    x.put_new_key(type, key);
}

/// D1 04
void export_key(westone_exchange& x) {
    const auto length = x.key_length();
    const auto transport_length = x.key_length();
    const auto index = x.word();
    const auto type_code = x.byte();
    const auto transport = x.key_or_index(index, transport_length);
    const raw_key wrapped{x.take(length)};
    const auto check = x.take(x.byte());
    if (!x.ready()) return;
    const auto type = x.type(type_code);
    const auto bmk = x.open(transport, x.transport());
    const auto key = x.open(wrapped, type);
    x.check_kcv(key, check);
    if (!x.ready()) return;
    x.put_byte(key.size());
    x.put_under(bmk, key);
    x.put_kcv(key);
}

/// D1 06
void generate_key(westone_exchange& x) {
    const auto length = x.key_length();
    const auto type_code = x.byte();
    if (!x.ready()) return;
    const auto type = x.type(type_code);
    x.put_new_key(type, x.generate(length));
}

/// D1 07
void generate_and_wrap(westone_exchange& x) {
    const auto length = x.key_length();
    const auto type_code = x.byte();
    const auto index = x.word();
    const auto transport = x.key_or_index(index, x.key_length());
    if (!x.ready()) return;
    const auto type = x.type(type_code);
    const auto zmk = x.open(transport, x.transport());
    const auto key = x.generate(length);
    if (!x.ready()) return;
    x.put_byte(key.size());
    x.put_key(type, key);
    x.put_under(zmk, key);
    x.put_kcv(key);
}

/// D1 08
void take_clear_key(westone_exchange& x) {
    const auto length = x.key_length();
    const auto type_code = x.byte();
    const auto clear = x.take(length);
    if (x.ready()) put_clear_key(x, x.type(type_code), clear);
}

constexpr westone_row westone_keys_table[] = {
    {0xD1, 0x02, import_key},
    {0xD1, 0x04, export_key},
    {0xD1, 0x06, generate_key},
    {0xD1, 0x07, generate_and_wrap},
    {0xD1, 0x08, take_clear_key},
};

} // namespace

std::span<const westone_row> westone_key_commands() noexcept {
    return westone_keys_table;
}

void put_clear_key(westone_exchange& x, lmk_slot type, byte_view clear) {
    if (!x.ready()) return;
    if (!x.on.authorised()) return x.fail(westone_error::not_authorised);
    if (!has_odd_parity(clear)) return x.fail(westone_error::key_parity);
    x.put_new_key(type, clear_key(clear));
}

} // namespace cipherlane::hsm_sim
