#pragma once

#include "hsm-sim/keys/clear_key.hpp"

#include <array>

namespace cipherlane::hsm_sim {

using block_8 = std::array<std::uint8_t, 8>;

/// EMV Book 2 A1.4.1, option A: the card's key from PAN and sequence number, 8 bytes of digits. Odd parity.
[[nodiscard]] clear_key card_key(const clear_key& master, byte_view pan_and_sequence) noexcept;

/// Session key of M/Chip: counter and unpredictable number, F0 and 0F told apart.
[[nodiscard]] clear_key mchip_session_key(const clear_key& card, byte_view atc, byte_view unpredictable) noexcept;
/// Of PBOC and UnionPay cards: the card key over the counter and over its complement.
[[nodiscard]] clear_key pboc_session_key(const clear_key& card, byte_view atc) noexcept;
/// EMV common session key (Book 2 A1.3.1): the counter alone.
[[nodiscard]] clear_key common_session_key(const clear_key& card, byte_view atc) noexcept;

/// Option B: by SHA-1 for PAN and sequence number of more than sixteen digits, else as option A. The digits come as
/// bytes, two in each.
[[nodiscard]] clear_key card_key_by_hash(const clear_key& master, byte_view pan_and_sequence) noexcept;

/// Session key of EMV 2000 (Book 2 of version 4.1, A1.3): a tree of keys over the counter. `iv` is 16 bytes; branch
/// factor 2 with 16 levels, or 4 with 8.
[[nodiscard]] clear_key tree_session_key(
    const clear_key& card, byte_view iv, unsigned branch, unsigned height, byte_view atc) noexcept;

/// ARPC method 1: the cryptogram with the response code in its first bytes, enciphered.
[[nodiscard]] block_8 response_cryptogram(
    const clear_key& key, byte_view cryptogram, byte_view response_code) noexcept;

/// ARPC method 2: the first four bytes of the MAC (ISO 9797-1 algorithm 3, method 2) over cryptogram, card status
/// update and proprietary data.
[[nodiscard]] std::array<std::uint8_t, 4> response_mac(
    const clear_key& key, byte_view cryptogram, byte_view status_update, byte_view proprietary) noexcept;

} // namespace cipherlane::hsm_sim
