#pragma once

#include "hsm-sim/clear_key.hpp"

#include <array>

namespace cipherlane::hsm_sim {

using block_8 = std::array<std::uint8_t, 8>;

/// EMV Book 2 A1.4.1, option A: the card's key from PAN and sequence number, 8 bytes of digits. Odd parity.
[[nodiscard]] clear_key card_key(const clear_key& master, byte_view pan_and_sequence) noexcept;

/// Session key of M/Chip: counter and unpredictable number, F0 and 0F told apart.
[[nodiscard]] clear_key mchip_session_key(const clear_key& card, byte_view atc, byte_view unpredictable) noexcept;
/// EMV common session key (Book 2 A1.3.1): the counter alone.
[[nodiscard]] clear_key common_session_key(const clear_key& card, byte_view atc) noexcept;

/// ARPC method 1: the cryptogram with the response code in its first bytes, enciphered.
[[nodiscard]] block_8 response_cryptogram(
    const clear_key& key, byte_view cryptogram, byte_view response_code) noexcept;

} // namespace cipherlane::hsm_sim
