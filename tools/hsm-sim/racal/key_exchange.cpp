#include "hsm-sim/racal/command.hpp"

namespace cipherlane::hsm_sim {
namespace {

/// Without a tail the key keeps the form that it came in.
char scheme_or(char asked, bool given, char came_as) {
    return given ? asked : came_as == 'Z' ? '0' : came_as;
}

/// ZMK to LMK: FA, FC, FK, MI, AW, DW, BY.
void take_in(command& c, lmk_slot type, untagged length, std::size_t kcv_digits) {
    const clear_key zmk = c.key(slots::zmk, code::source_parity, untagged::zmk);
    const clear_key key = c.key_under(zmk, length);
    const char came_as = c.last_scheme();
    const auto tail = c.tail();
    c.end();
    if (c.parity_put_right()) c.warn(code::parity_advice);
    c.put_key(type, scheme_or(tail.lmk_scheme, tail.given, came_as), key);
    c.put_kcv(key, tail.given ? tail.kcv_digits : kcv_digits);
}

/// LMK to ZMK: GC, FE, FM, MG, AU, DY.
void give_out(command& c, lmk_slot type, untagged length, std::size_t kcv_digits) {
    const clear_key zmk = c.key(slots::zmk, code::source_parity, untagged::zmk);
    const clear_key key = c.key(type, code::destination_parity, length);
    const char came_as = c.last_scheme();
    const auto tail = c.tail();
    c.end();
    c.put_key_under(zmk, scheme_or(tail.zmk_scheme, tail.given, came_as), key);
    c.put_kcv(key, tail.given ? tail.kcv_digits : kcv_digits);
}

void zpk_in(command& c) {
    take_in(c, slots::zpk, untagged::one, 16);
}
void zpk_out(command& c) {
    give_out(c, slots::zpk, untagged::one, 16);
}
void tpk_in(command& c) {
    take_in(c, slots::tpk, untagged::one, c.on.settings().kcv_digits);
}
void tpk_out(command& c) {
    give_out(c, slots::tpk, untagged::one, c.on.settings().kcv_digits);
}
void tak_in(command& c) {
    take_in(c, slots::tak, untagged::one, 16);
}
void tak_out(command& c) {
    give_out(c, slots::tak, untagged::one, 16);
}
void bdk_in(command& c) {
    take_in(c, slots::bdk1, untagged::pair, c.on.settings().kcv_digits);
}
void bdk_out(command& c) {
    give_out(c, slots::bdk1, untagged::pair, c.on.settings().kcv_digits);
}
void zmk_in(command& c) {
    take_in(c, slots::zmk, untagged::zmk, 16);
}

/// Flag of FI, FK, FM: 0 ZEK, 1 ZAK.
lmk_slot zek_or_zak(command& c) {
    return c.in.one_of("01") == '0' ? slots::zek : slots::zak;
}

void zone_key_in(command& c) {
    const auto type = zek_or_zak(c);
    take_in(c, type, untagged::one, 16);
}
void zone_key_out(command& c) {
    const auto type = zek_or_zak(c);
    give_out(c, type, untagged::one, 16);
}

/// A CVK pair without a tail has the check values of both halves, with one the check value of the pair.
void put_cvk_values(command& c, const clear_key& key, const scheme_tail& tail) {
    if (tail.given) return c.put_kcv(key, tail.kcv_digits);
    if (c.failed()) return;
    c.put_kcv(clear_key(key.part(0)), 6);
    c.put_kcv(clear_key(key.part(1)), 6);
}

void cvk_in(command& c) {
    const clear_key zmk = c.key(slots::zmk, code::source_parity, untagged::zmk);
    const clear_key key = c.key_under(zmk, untagged::pair);
    const char came_as = c.last_scheme();
    const auto tail = c.tail();
    c.end();
    if (c.parity_put_right()) c.warn(code::parity_advice);
    if (!c.failed() && key.size() != 16) return c.fail(code::key_length);
    c.put_key(slots::cvk, scheme_or(tail.lmk_scheme, tail.given, came_as), key);
    put_cvk_values(c, key, tail);
}

void cvk_out(command& c) {
    const clear_key zmk = c.key(slots::zmk, code::source_parity, untagged::zmk);
    const clear_key key = c.key(slots::cvk, code::destination_parity, untagged::pair);
    const char came_as = c.last_scheme();
    const auto tail = c.tail();
    c.end();
    if (!c.failed() && key.size() != 16) return c.fail(code::key_length);
    c.put_key_under(zmk, scheme_or(tail.zmk_scheme, tail.given, came_as), key);
    put_cvk_values(c, key, tail);
}

/// A new key under a transport key and under the LMK; without a tail single-length.
void make_under(command& c, const clear_key& transport, lmk_slot type, bool with_check_value) {
    const auto tail = c.tail();
    c.end();
    const clear_key made = c.generate(tail.lmk_scheme);
    c.put_key_under(transport, tail.zmk_scheme, made);
    c.put_key(type, tail.lmk_scheme, made);
    if (with_check_value) c.put_kcv(made, tail.given ? tail.kcv_digits : 16);
}

void make_zpk(command& c) {
    const auto zmk = c.key(slots::zmk, code::source_parity, untagged::zmk);
    make_under(c, zmk, slots::zpk, true);
}
void make_zone_key(command& c) {
    const auto type = zek_or_zak(c);
    const auto zmk = c.key(slots::zmk, code::source_parity, untagged::zmk);
    make_under(c, zmk, type, true);
}
void make_tpk(command& c) {
    const auto tmk = c.key(slots::tpk);
    make_under(c, tmk, slots::tpk, false);
}
void make_tak(command& c) {
    const auto tmk = c.key(slots::tpk);
    make_under(c, tmk, slots::tak, false);
}

/// AE, AG: a key under the LMK goes out under a terminal's master key.
void rewrap(command& c, lmk_slot type, bool with_check_value) {
    const clear_key tmk = c.key(slots::tpk);
    const clear_key key = c.key(type, code::destination_parity);
    const char came_as = c.last_scheme();
    const auto tail = c.tail();
    c.end();
    c.put_key_under(tmk, scheme_or(tail.zmk_scheme, tail.given, came_as), key);
    if (with_check_value && tail.given) c.put_kcv(key, tail.kcv_digits);
}
void rewrap_tmk(command& c) {
    rewrap(c, slots::tpk, false);
}
void rewrap_tak(command& c) {
    rewrap(c, slots::tak, true);
}

constexpr command_row key_exchange_table[] = {
    {"FA", zpk_in, every_racal},
    {"GC", zpk_out, every_racal},
    {"FC", tpk_in, every_racal},
    {"FE", tpk_out, every_racal},
    {"FI", make_zone_key, every_racal},
    {"FK", zone_key_in, every_racal},
    {"FM", zone_key_out, every_racal},
    {"HC", make_tpk, every_racal},
    {"HA", make_tak, every_racal},
    {"AE", rewrap_tmk, every_racal},
    {"AG", rewrap_tak, every_racal},
    {"IA", make_zpk, every_racal},
    {"MI", tak_in, every_racal},
    {"MG", tak_out, every_racal},
    {"AW", cvk_in, every_racal},
    {"AU", cvk_out, every_racal},
    {"DW", bdk_in, every_racal},
    {"DY", bdk_out, every_racal},
    {"BY", zmk_in, every_racal},
};

} // namespace

std::span<const command_row> key_exchange_commands() noexcept {
    return key_exchange_table;
}

} // namespace cipherlane::hsm_sim
