#include "hsm-sim/emv.hpp"

#include "hsm-sim/ciphers.hpp"

#include <algorithm>

namespace cipherlane::hsm_sim {
namespace {

clear_key session_key(const clear_key& card, block_8 diversifier) noexcept {
    clear_key key(16);
    diversifier[2] = 0xF0;
    encrypt_ecb(card, diversifier, key.span().first(8));
    diversifier[2] = 0x0F;
    encrypt_ecb(card, diversifier, key.span().last(8));
    force_odd_parity(key.span());
    return key;
}

} // namespace

clear_key card_key(const clear_key& master, byte_view pan_and_sequence) noexcept {
    clear_key key(16);
    std::array<std::uint8_t, 16> both{};
    for (std::size_t i = 0; i < 8; ++i) {
        both[i] = pan_and_sequence[i];
        both[8 + i] = static_cast<std::uint8_t>(~pan_and_sequence[i]);
    }
    encrypt_ecb(master, both, key.span());
    force_odd_parity(key.span());
    return key;
}

clear_key mchip_session_key(const clear_key& card, byte_view atc, byte_view unpredictable) noexcept {
    block_8 diversifier{};
    std::copy_n(atc.begin(), 2, diversifier.begin());
    std::copy_n(unpredictable.begin(), 4, diversifier.begin() + 4);
    return session_key(card, diversifier);
}

clear_key common_session_key(const clear_key& card, byte_view atc) noexcept {
    block_8 diversifier{};
    std::copy_n(atc.begin(), 2, diversifier.begin());
    return session_key(card, diversifier);
}

block_8 response_cryptogram(const clear_key& key, byte_view cryptogram, byte_view response_code) noexcept {
    block_8 block{};
    std::copy_n(cryptogram.begin(), block.size(), block.begin());
    for (std::size_t i = 0; i < 2; ++i)
        block[i] ^= response_code[i];
    encrypt_ecb(key, block, block);
    return block;
}

} // namespace cipherlane::hsm_sim
