// What a command writes into its answer.
#include "hsm-sim/keys/ciphers.hpp"
#include "hsm-sim/racal/command.hpp"
#include "hsm-sim/racal/key_schemes.hpp"

#include <cipherlane/core/hex.hpp>

namespace cipherlane::hsm_sim {

void command::put_block(const block_attributes& what, const clear_key& key) {
    if (failed()) return;
    put('S');
    put(wrap_block(block_kind::thales, lmks.block_key(), what, key));
}

void command::put_exported(
    const clear_key& transport, char scheme, const block_attributes& what, const clear_key& key) {
    if (failed()) return;
    if (scheme != 'R') return put_key_under(transport, scheme, key);
    // A key leaves only under one at least as strong.
    if (transport.kind() == key_algorithm::des && key.kind() != key_algorithm::des) return fail(code::key_length);
    if (transport.size() < 16) return fail(code::key_length);
    put('R');
    put(wrap_block(block_kind::tr31, transport, what, key));
}

void command::put_hex(byte_view data) {
    const std::size_t at = out_.size();
    out_.resize(at + 2 * data.size());
    to_hex(data, std::span<char>(out_.data() + at, 2 * data.size()));
    put_in_case(at);
}

/// Digits from `at` on in the case that the unit is set to.
void command::put_in_case(std::size_t at) {
    if (!on.settings().lower_case_hex) return;
    for (; at < out_.size(); ++at) {
        if (out_[at] >= 'A' && out_[at] <= 'F') out_[at] = static_cast<char>(out_[at] + ('a' - 'A'));
    }
}

void command::put_decimal(std::size_t value, std::size_t width) {
    const std::size_t at = out_.size();
    out_.append(width, '0');
    for (std::size_t i = width; i > 0; --i, value /= 10)
        out_[at + i - 1] = static_cast<char>('0' + value % 10);
}

void command::put_hexadecimal(std::size_t value, std::size_t width) {
    const std::size_t at = out_.size();
    out_.append(width, '0');
    for (std::size_t i = width; i > 0; --i, value /= 16)
        out_[at + i - 1] = "0123456789ABCDEF"[value % 16];
    put_in_case(at);
}

bool command::scheme_fits(char scheme, const clear_key& key) {
    if (failed()) return false;
    // Without a tag a key goes out as it is long; the places that allow this are the commands' own.
    const auto* row = scheme == '0' ? nullptr : scheme_of(scheme, on.settings().dialect);
    if (row != nullptr && (row->size != key.size() || row->kind != key.kind())) {
        fail(code::key_length);
        return false;
    }
    return true;
}

void command::put_key(lmk_slot type, char scheme, const clear_key& key) {
    if (uses_blocks()) {
        const auto* row = usage_of(type);
        if (row == nullptr) return fail(code::block_usage);
        const char algorithm = key.kind() == key_algorithm::aes ? 'A' : key.size() == 8 ? 'D' : 'T';
        return put_block({std::string(row->usages.substr(0, 2)), algorithm, row->mode_of_use, "00", 'E'}, key);
    }
    if (!scheme_fits(scheme, key)) return;
    std::array<std::uint8_t, clear_key::largest> wrapped{};
    const auto out = byte_span(wrapped).first(key.size());
    lmks.wrap(type, rule_of(scheme), key.view(), out);
    if (scheme != '0') put(scheme);
    put_hex(out);
}

void command::put_key_under(const clear_key& transport, char scheme, const clear_key& key) {
    if (!scheme_fits(scheme, key)) return;
    std::array<std::uint8_t, clear_key::largest> wrapped{};
    const auto out = byte_span(wrapped).first(key.size());
    if (transport.kind() == key_algorithm::des) {
        wrap_under(transport.view(), rule_of(scheme), key.view(), out);
    } else if (key.size() % transport.block_size() == 0) {
        encrypt_ecb(transport, key.view(), out);
    } else {
        return fail(code::key_length);
    }
    if (scheme != '0') put(scheme);
    put_hex(out);
}

void command::put_kcv(const clear_key& key, std::size_t digits) {
    if (failed()) return;
    put_hex(byte_view(check_value(key, on.settings().wide_kcv)).first(digits / 2));
}

void command::put_pin_under_lmk(const clear_pin& pin) {
    put('0');
    put(pin.view());
}

void command::put_offset(std::string_view digits) {
    put(digits);
    out_.append(12 - digits.size(), 'F');
}

} // namespace cipherlane::hsm_sim
