#include "hsm-sim/keys/pin.hpp"

#include "hsm-sim/westone/commands.hpp"

#include <cipherlane/core/hex.hpp>

#include <array>

namespace cipherlane::hsm_sim {
namespace {

pin_format format_of(westone_exchange& x, std::uint8_t code) {
    const std::uint8_t one[] = {code};
    const auto& known = x.on.settings().pin_formats;
    const auto found = known.find(to_hex(one));
    if (found == known.end() || (x.on.settings().strict && found->second == pin_format::diebold)) {
        x.fail(westone_error::pin_format);
        return pin_format::none;
    }
    return found->second;
}

std::string_view account_of(westone_exchange& x, byte_view field) {
    const auto digits = as_text(field);
    if (digits.find_first_not_of("0123456789") != std::string_view::npos) x.fail(westone_error::account);
    return digits;
}

westone_error meaning(status verdict) {
    if (verdict.ok()) return westone_error::none;
    if (verdict == code::pin_length) return westone_error::pin_length;
    return verdict == code::pin_format ? westone_error::pin_format : westone_error::pin_block;
}

/// D1 24
void translate_pin(westone_exchange& x) {
    const auto& settings = x.on.settings();
    const auto source = x.key_by_length();
    const auto target = x.key_by_length();
    const auto from_code = x.byte();
    const auto to_code = x.byte();
    const auto block = x.take(8);
    const auto account = x.take(settings.account_digits);
    const auto separator = x.take(settings.pin_separator.size());
    const auto new_account = x.take(settings.account_digits);
    if (!x.ready()) return;
    if (as_text(separator) != settings.pin_separator) return x.impossible(westone_error::account);
    const auto type = x.type_named("11");
    const auto from_key = x.open(source, type);
    const auto to_key = x.open(target, type);
    const auto from = format_of(x, from_code);
    const auto to = format_of(x, to_code);
    const auto from_account = account_of(x, account);
    const auto to_account = account_of(x, new_account);
    if (x.ready() && !may_translate(settings.policy, from, to)) x.fail(westone_error::pin_format);
    if (settings.policy == pin_policy::pci && from_account != to_account) x.fail(westone_error::account);
    if (!x.ready()) return;
    clear_pin pin;
    std::array<std::uint8_t, 8> out{};
    status verdict = open_pin_block(from_key, from, block, from_account, pin);
    if (verdict.ok()) verdict = seal_pin_block(to_key, to, pin, to_account, out);
    if (!verdict.ok()) return x.fail(meaning(verdict));
    x.put(out);
}

/// D1 26
void decrypt_pin(westone_exchange& x) {
    const auto source = x.key_by_length();
    const auto code = x.byte();
    const auto block = x.take(8);
    const auto account = x.take(x.on.settings().account_digits);
    if (!x.ready()) return;
    if (!x.on.authorised() || x.on.settings().policy == pin_policy::pci) return x.fail(westone_error::not_authorised);
    const auto key = x.open(source, x.type_named("11"));
    const auto format = format_of(x, code);
    const auto digits = account_of(x, account);
    if (!x.ready()) return;
    clear_pin pin;
    const status verdict = open_pin_block(key, format, block, digits, pin);
    if (!verdict.ok()) return x.fail(meaning(verdict));
    x.put_byte(pin.size());
    x.put(as_bytes(pin.view()));
}

constexpr westone_row westone_pin_table[] = {
    {0xD1, 0x24, translate_pin},
    {0xD1, 0x26, decrypt_pin},
};

} // namespace

std::span<const westone_row> westone_pin_commands() noexcept {
    return westone_pin_table;
}

} // namespace cipherlane::hsm_sim
