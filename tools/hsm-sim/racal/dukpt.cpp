#include "hsm-sim/keys/mac.hpp"
#include "hsm-sim/racal/command.hpp"

#include <cipherlane/core/secret_bytes.hpp>

#include <algorithm>

namespace cipherlane::hsm_sim {
namespace {

clear_key base_key(command& c) {
    const auto base = c.key(slots::bdk1, code::source_parity, untagged::pair);
    if (!c.failed() && base.size() != 16) c.fail(code::key_length);
    return base;
}

enum class dukpt_age : std::uint8_t { single, triple };

/// CI and G0: a PIN block from a DUKPT terminal to a ZPK. CI has no source format, its blocks are ISO 0.
void translate(command& c, dukpt_age age) {
    const clear_key base = base_key(c);
    const clear_key zpk = c.key(slots::zpk, code::destination_parity);
    const auto serial = c.serial();
    std::array<std::uint8_t, 8> block{};
    c.in.hex(block);
    const pin_format from = age == dukpt_age::single ? pin_format::iso0 : c.format();
    const auto to_text = c.in.ahead().substr(0, 2);
    const pin_format to = c.format();
    const auto account = c.account(from, to);
    c.end();
    if (!c.failed() && !may_translate(c.on.settings().policy, from, to)) c.fail(code::format_disabled);
    if (c.failed()) return;
    const clear_key key =
        age == dukpt_age::single ? single_dukpt_pin_key(base, serial) : dukpt_key(base, serial, dukpt_use::pin);
    clear_pin pin;
    std::array<std::uint8_t, 16> space{};
    const auto out = byte_span(space).first(zpk.block_size());
    status verdict = open_pin_block(key, from, block, account, pin);
    if (verdict.ok()) verdict = seal_pin_block(zpk, to, pin, account, out);
    if (!verdict.ok()) return c.fail(verdict);
    c.put_decimal(pin.size(), 2);
    c.put_hex(out);
    c.put(to_text);
}

void translate_single(command& c) {
    translate(c, dukpt_age::single);
}
void translate_triple(command& c) {
    translate(c, dukpt_age::triple);
}

/// Which bytes of the MAC a mode of GW is about: 1 and 4 all eight, 2 and 5 the first half (approvals), 3 and 6 the
/// second half (declines).
byte_view mac_part(char mode, byte_view mac) {
    switch (mode) {
    case '1':
    case '4': return mac.first(8);
    case '3':
    case '6': return mac.subspan(4, 4);
    default: return mac.first(4);
    }
}

/// GW: the MAC of a DUKPT terminal's request. Modes 1 to 3 verify, 4 to 6 make; method 1 is X9.19.
void dukpt_mac(command& c) {
    const char mode = c.in.one_of("123456");
    const bool verify = mode <= '3';
    (void)c.in.one_of("1");
    const clear_key base = base_key(c);
    const auto serial = c.serial();
    std::array<std::uint8_t, 8> space{};
    const auto given = byte_span(space).first(mac_part(mode, space).size());
    if (verify) c.in.hex(given);
    const std::size_t length = c.in.hexadecimal(4, code::data_length);
    const auto data = c.in.text(length, code::data_length);
    c.end();
    if (!c.failed() && data.empty()) c.fail(code::data_length);
    if (c.failed()) return;
    const auto key = dukpt_key(base, serial, dukpt_use::mac);
    const auto mac = whole_mac(key, mac_method::retail, mac_padding::zeros, as_bytes(data));
    const auto part = mac_part(mode, mac);
    if (!verify) return c.put_hex(part);
    if (!equal_in_constant_time(part, given)) c.fail(code::verification_failed);
}

constexpr command_row dukpt_table[] = {
    {"CI", translate_single, every_racal},
    {"G0", translate_triple, every_racal},
    {"GW", dukpt_mac, every_racal},
};

} // namespace

std::span<const command_row> dukpt_commands() noexcept {
    return dukpt_table;
}

} // namespace cipherlane::hsm_sim
