#include "hsm-sim/keys/dukpt.hpp"

#include "hsm-sim/keys/ciphers.hpp"

#include <algorithm>
#include <bit>

namespace cipherlane::hsm_sim {
namespace {

using half = std::array<std::uint8_t, 8>;

constexpr std::uint32_t counter_mask = 0x1F'FFFF;

std::uint32_t counter_of(const key_serial& serial) noexcept {
    return ((std::uint32_t{serial[7]} << 16U) | (std::uint32_t{serial[8]} << 8U) | serial[9]) & counter_mask;
}

/// The serial's last eight bytes with another counter.
half register_with(const key_serial& serial, std::uint32_t counter) noexcept {
    half out{};
    std::copy_n(serial.begin() + 2, out.size(), out.begin());
    out[5] = static_cast<std::uint8_t>((out[5] & 0xE0U) | (counter >> 16U));
    out[6] = static_cast<std::uint8_t>(counter >> 8U);
    out[7] = static_cast<std::uint8_t>(counter);
    return out;
}

half start_block(const key_serial& serial) noexcept {
    half out{};
    std::copy_n(serial.begin(), out.size(), out.begin());
    out[7] = static_cast<std::uint8_t>(out[7] & 0xE0U);
    return out;
}

/// The mask that tells the second half of a derived key from the first.
void apply_c0_mask(byte_span key) noexcept {
    for (std::size_t i = 0; i < key.size(); ++i) {
        if (i % 8 < 4) key[i] ^= 0xC0;
    }
}

/// One half of the non-reversible step: the right half hidden by the left.
half hidden(byte_view key, const half& with) noexcept {
    half out{};
    for (std::size_t i = 0; i < out.size(); ++i)
        out[i] = static_cast<std::uint8_t>(with[i] ^ key[8 + i]);
    des_encrypt(key.first(8), out, out);
    for (std::size_t i = 0; i < out.size(); ++i)
        out[i] ^= key[8 + i];
    return out;
}

void step(clear_key& key, const half& with) noexcept {
    half right = hidden(key.view(), with);
    apply_c0_mask(key.span());
    half left = hidden(key.view(), with);
    std::copy(left.begin(), left.end(), key.span().begin());
    std::copy(right.begin(), right.end(), key.span().begin() + 8);
    wipe(left);
    wipe(right);
}

/// Calls `take` with the register for each one-bit of the counter, highest first.
template <class Take>
void for_each_bit(const key_serial& serial, Take take) noexcept {
    std::uint32_t so_far = 0;
    for (std::uint32_t bit = 0x10'0000; bit != 0; bit >>= 1U) {
        if ((counter_of(serial) & bit) == 0) continue;
        so_far |= bit;
        take(register_with(serial, so_far));
    }
}

} // namespace

clear_key dukpt_initial_key(const clear_key& base, const key_serial& serial) noexcept {
    const half start = start_block(serial);
    clear_key key(16);
    encrypt_ecb(base, start, key.span().first(8));
    clear_key masked = base;
    apply_c0_mask(masked.span());
    encrypt_ecb(masked, start, key.span().last(8));
    return key;
}

clear_key dukpt_key(const clear_key& base, const key_serial& serial, dukpt_use use) noexcept {
    clear_key key = dukpt_initial_key(base, serial);
    for_each_bit(serial, [&key](const half& with) { step(key, with); });
    // The variant bytes of both halves: PIN the last, MAC (request) the one before, data the one before that.
    const std::size_t at = use == dukpt_use::pin ? 7 : use == dukpt_use::mac ? 6 : 5;
    key.span()[at] ^= 0xFF;
    key.span()[8 + at] ^= 0xFF;
    if (use == dukpt_use::data) {
        const clear_key once = key;
        encrypt_ecb(once, once.view(), key.span());
    }
    return key;
}

clear_key single_dukpt_pin_key(const clear_key& base, const key_serial& serial) noexcept {
    clear_key key(8);
    encrypt_ecb(base, start_block(serial), key.span());
    for_each_bit(serial, [&key](const half& with) {
        half next{};
        for (std::size_t i = 0; i < next.size(); ++i)
            next[i] = static_cast<std::uint8_t>(with[i] ^ key.view()[i]);
        des_encrypt(key.view(), next, next);
        for (std::size_t i = 0; i < next.size(); ++i)
            key.span()[i] ^= next[i];
        wipe(next);
    });
    key.span()[7] ^= 0xFF;
    return key;
}

bool is_usable(const key_serial& serial) noexcept {
    const auto counter = counter_of(serial);
    return counter != 0 && std::popcount(counter) <= 10;
}

} // namespace cipherlane::hsm_sim
