#include "hsm-sim/keys/emv.hpp"

#include "hsm-sim/keys/ciphers.hpp"
#include "hsm-sim/keys/mac.hpp"

#include <cipherlane/crypto/digest.hpp>

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

clear_key card_key_by_hash(const clear_key& master, byte_view pan_and_sequence) noexcept {
    // Sixteen digits behind leading zeros fit option A.
    if (pan_and_sequence.size() <= 8) {
        block_8 padded{};
        std::ranges::copy(pan_and_sequence, padded.end() - static_cast<std::ptrdiff_t>(pan_and_sequence.size()));
        return card_key(master, padded);
    }
    const auto hash = crypto::digest(crypto::digest_algorithm::sha1, pan_and_sequence);
    if (!hash) return {};
    // Sixteen decimal digits: the hash's own ones from the left, then its letters with A as 0.
    block_8 digits{};
    std::size_t taken = 0;
    for (const int least : {0, 10}) {
        for (std::size_t i = 0; i < 2 * hash->view().size() && taken < 16; ++i) {
            const int nibble = i % 2 == 0 ? hash->view()[i / 2] >> 4 : hash->view()[i / 2] & 0x0F;
            if ((nibble >= 10) != (least == 10)) continue;
            const int shift = taken % 2 == 0 ? 4 : 0;
            digits[taken / 2] = static_cast<std::uint8_t>(digits[taken / 2] | ((nibble - least) << shift));
            ++taken;
        }
    }
    return card_key(master, digits);
}

clear_key tree_session_key(
    const clear_key& card, byte_view iv, unsigned branch, unsigned height, byte_view atc) noexcept {
    const auto leaf = (std::uint32_t{atc[0]} << 8U) | atc[1];
    clear_key grandparent(iv.first(16));
    clear_key parent = card;
    clear_key before = grandparent; // the key two levels above the one made last
    std::uint32_t power = 1;
    for (unsigned level = 1; level < height; ++level)
        power *= branch;
    for (unsigned level = 1; level <= height; ++level, power /= branch) {
        const auto turn = static_cast<std::uint8_t>(leaf / power % branch);
        std::array<std::uint8_t, 16> both{};
        std::ranges::copy(grandparent.view(), both.begin());
        both[7] ^= turn;
        both[15] = static_cast<std::uint8_t>(both[15] ^ turn ^ 0xF0);
        clear_key child(16);
        encrypt_ecb(parent, both, child.span());
        before = grandparent;
        grandparent = parent;
        parent = child;
    }
    for (std::size_t i = 0; i < parent.size(); ++i)
        parent.span()[i] ^= before.view()[i];
    force_odd_parity(parent.span());
    return parent;
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

clear_key pboc_session_key(const clear_key& card, byte_view atc) noexcept {
    clear_key key(16);
    block_8 block{};
    for (std::size_t i = 0; i < 2; ++i)
        block[6 + i] = atc[i];
    encrypt_ecb(card, block, key.span().first(8));
    for (std::size_t i = 0; i < 2; ++i)
        block[6 + i] = static_cast<std::uint8_t>(~atc[i]);
    encrypt_ecb(card, block, key.span().last(8));
    return key;
}

block_8 response_cryptogram(const clear_key& key, byte_view cryptogram, byte_view response_code) noexcept {
    block_8 block{};
    std::copy_n(cryptogram.begin(), block.size(), block.begin());
    for (std::size_t i = 0; i < 2; ++i)
        block[i] ^= response_code[i];
    encrypt_ecb(key, block, block);
    return block;
}

std::array<std::uint8_t, 4> response_mac(
    const clear_key& key, byte_view cryptogram, byte_view status_update, byte_view proprietary) noexcept {
    std::array<std::uint8_t, 8 + 4 + 8> text{};
    auto end = std::ranges::copy(cryptogram.first(8), text.begin()).out;
    end = std::ranges::copy(status_update.first(4), end).out;
    end = std::ranges::copy(proprietary.first(std::min<std::size_t>(proprietary.size(), 8)), end).out;
    const auto size = static_cast<std::size_t>(end - text.begin());
    const auto mac = whole_mac(key, mac_method::retail, mac_padding::one_and_zeros, byte_view(text).first(size));
    return {mac[0], mac[1], mac[2], mac[3]};
}

} // namespace cipherlane::hsm_sim
