#include "hsm-sim/keys/ciphers.hpp"
#include "hsm-sim/racal/command.hpp"

namespace cipherlane::hsm_sim {
namespace {

/// Decodes a block of the request under the policy of both formats.
clear_pin open_block(command& c, const clear_key& key, pin_format format, byte_view block, std::string_view account) {
    clear_pin pin;
    if (c.failed()) return pin;
    const status verdict = open_pin_block(key, format, block, account, pin);
    if (!verdict.ok()) c.fail(verdict);
    return pin;
}

void put_block(command& c, const clear_key& key, pin_format format, const clear_pin& pin, std::string_view account) {
    if (c.failed()) return;
    std::array<std::uint8_t, 16> block{};
    const auto out = byte_span(block).first(key.block_size());
    const status verdict = seal_pin_block(key, format, pin, account, out);
    if (!verdict.ok()) return c.fail(verdict);
    c.put_hex(out);
}

void check_policy(command& c, pin_format from, pin_format to) {
    if (!c.failed() && !may_translate(c.on.settings().policy, from, to)) c.fail(code::format_disabled);
}

/// The key a PIN goes to: a ZPK, or behind `*` or `~` the DUKPT key of a BDK-1 or BDK-2 and a serial number.
clear_key target_key(command& c) {
    const bool first = c.in.take_if('*');
    if (!first && !c.in.take_if('~')) return c.key(slots::zpk, code::destination_parity);
    const clear_key base = c.key(first ? slots::bdk1 : slots::bdk2, code::destination_parity, untagged::pair);
    const auto serial = c.serial();
    return c.failed() ? clear_key{} : dukpt_key(base, serial, dukpt_use::pin);
}

/// CA and CC: a PIN block from one key and format to another.
void translate(command& c, lmk_slot from) {
    const clear_key source = c.key(from, code::source_parity);
    const clear_key target = target_key(c);
    const std::size_t most = c.in.decimal(2, code::pin_length);
    const byte_view block = c.block(source);
    const pin_format from_format = c.format();
    const auto to_text = c.in.ahead().substr(0, 2);
    const pin_format to_format = c.format();
    const auto account = c.account(from_format, to_format);
    c.end();
    if (!c.failed() && (most < clear_pin::shortest || most > clear_pin::longest)) c.fail(code::pin_length);
    check_policy(c, from_format, to_format);
    const clear_pin pin = open_block(c, source, from_format, block, account);
    if (!c.failed() && pin.size() > most) c.fail(code::pin_length);
    if (c.failed()) return;
    c.put_decimal(pin.size(), 2);
    put_block(c, target, to_format, pin, account);
    c.put(to_text);
}

void translate_tpk_to_zpk(command& c) {
    translate(c, slots::tpk);
}
void translate_zpk_to_zpk(command& c) {
    translate(c, slots::zpk);
}

/// Two digits that may stand in front of TI's block; what follows tells: block, two formats, two accounts of 12
/// or 18.
std::size_t longest_pin(command& c, const clear_key& source) {
    const auto ahead = c.in.ahead();
    const std::size_t left = std::min(ahead.find_first_of("%\x19"), ahead.size());
    const std::size_t least = 2 * source.block_size() + 2 * (2 + 12);
    if (c.failed() || left < least || (left - least) % 6 != 2) return clear_pin::longest;
    const std::size_t most = c.in.decimal(2, code::pin_length);
    if (!c.failed() && (most < clear_pin::shortest || most > clear_pin::longest)) c.fail(code::pin_length);
    return most;
}

/// TI: between any two PIN keys, formats and accounts; blocks of 16 or, under SM4, 32 hex digits.
void translate_between(command& c) {
    const auto type = [&] { return c.in.one_of("12", code::key_type) == '1' ? slots::tpk : slots::zpk; };
    const lmk_slot source_type = type();
    const clear_key source = c.key(source_type, code::source_parity);
    const lmk_slot target_type = type();
    const clear_key target = c.key(target_type, code::destination_parity);
    const std::size_t most = longest_pin(c, source);
    const byte_view block = c.block(source);
    const pin_format from = c.format();
    const auto source_account = c.account(from);
    const pin_format to = c.format();
    const auto target_account = c.account(to);
    c.end();
    check_policy(c, from, to);
    if (!c.failed() && c.on.settings().policy == pin_policy::pci && source_account != target_account) {
        c.fail(code::account);
    }
    const clear_pin pin = open_block(c, source, from, block, source_account);
    if (!c.failed() && pin.size() > most) c.fail(code::pin_length);
    put_block(c, target, to, pin, target_account);
}

/// JC, JE: from a TPK or ZPK to under the LMK.
void to_lmk(command& c, lmk_slot type) {
    const clear_key key = c.key(type);
    const byte_view block = c.block(key);
    const pin_format format = c.format();
    const auto account = c.account(format);
    c.end();
    const clear_pin pin = open_block(c, key, format, block, account);
    if (!c.failed()) c.put_pin_under_lmk(pin);
}

void tpk_to_lmk(command& c) {
    to_lmk(c, slots::tpk);
}
void zpk_to_lmk(command& c) {
    to_lmk(c, slots::zpk);
}

/// JG: from under the LMK to a ZPK. The account of the PIN under the LMK, for PLUS that of the block behind it; the
/// PIN is all that is left.
void lmk_to_zpk(command& c) {
    const clear_key zpk = c.key(slots::zpk);
    const pin_format format = c.format();
    auto account = c.account(pin_format::none);
    if (format == pin_format::plus) account = c.account(format);
    const clear_pin pin = c.pin_under_lmk(c.in.left());
    c.end();
    put_block(c, zpk, format, pin, account);
}

std::string_view twelve_digits(command& c) {
    return c.in.digits(12, code::account);
}

/// What is left in front of `behind` characters.
std::size_t chars_before(command& c, std::size_t behind) {
    if (c.in.left() > behind) return c.in.left() - behind;
    c.fail(code::input_data);
    return 0;
}

/// BA: a clear PIN, F to the right, to under the LMK.
void encrypt_clear(command& c) {
    auto text = c.in.text(chars_before(c, 12));
    (void)twelve_digits(c);
    c.end();
    if (c.failed()) return;
    text = text.substr(0, text.find('F'));
    if (text.find_first_not_of("0123456789") != std::string_view::npos) return c.fail(code::input_data);
    if (text.size() < clear_pin::shortest || text.size() > clear_pin::longest) return c.fail(code::pin_length);
    c.put_pin_under_lmk(clear_pin(text));
}

/// NG: the other way, with a reference number. For units that allow clear PINs.
void decrypt_to_clear(command& c) {
    const auto account = twelve_digits(c);
    const clear_pin pin = c.pin_under_lmk(c.in.left());
    c.end();
    if (c.failed()) return;
    c.put(pin.view());
    c.put('F');
    c.put(account);
}

/// JA: a random PIN, 4 digits unless a length follows the account.
void random_pin(command& c) {
    (void)twelve_digits(c);
    const std::size_t length = c.in.empty() ? 4 : c.in.decimal(2, code::pin_length);
    c.end();
    if (!c.failed() && (length < clear_pin::shortest || length > clear_pin::longest)) c.fail(code::pin_length);
    if (c.failed()) return;
    clear_pin pin;
    while (pin.size() < length) {
        std::array<std::uint8_t, 1> byte{};
        fill_random(byte);
        if (byte[0] < 250) pin.push_back(static_cast<char>('0' + byte[0] % 10));
    }
    c.put_pin_under_lmk(pin);
}

/// QK: the account of a PIN changes. The form of the PIN under the LMK that the simulator uses holds no account.
void change_account(command& c) {
    const clear_pin pin = c.pin_under_lmk(chars_before(c, 24));
    (void)twelve_digits(c);
    (void)twelve_digits(c);
    c.end();
    if (c.on.settings().policy == pin_policy::pci) c.fail(code::not_permitted);
    if (!c.failed()) c.put_pin_under_lmk(pin);
}

/// BG (payShield): a PIN from under the old LMK.
void pin_from_old_lmk(command& c) {
    (void)twelve_digits(c);
    const clear_pin pin = c.pin_under_lmk(c.in.left());
    c.end();
    if (!c.failed() && !c.on.old_lmks()) c.fail(code::no_old_lmk);
    if (!c.failed()) c.put_pin_under_lmk(pin);
}

constexpr command_row pin_table[] = {
    {"CA", translate_tpk_to_zpk, every_racal},
    {"CC", translate_zpk_to_zpk, every_racal},
    {"TI", translate_between, family::sjj1310 | family::sjl06},
    {"JC", tpk_to_lmk, every_racal},
    {"JE", zpk_to_lmk, every_racal},
    {"JG", lmk_to_zpk, every_racal},
    {"BA", encrypt_clear, every_racal, true},
    {"NG", decrypt_to_clear, every_racal, true},
    {"JA", random_pin, every_racal},
    {"QK", change_account, every_racal},
    {"BG", pin_from_old_lmk, payshields | family::sjl06 | family::sjl05},
};

} // namespace

std::span<const command_row> pin_commands() noexcept {
    return pin_table;
}

} // namespace cipherlane::hsm_sim
