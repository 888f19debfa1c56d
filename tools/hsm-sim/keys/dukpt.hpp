#pragma once

#include "hsm-sim/keys/clear_key.hpp"

#include <array>
#include <cstdint>

namespace cipherlane::hsm_sim {

/// Key serial number of DUKPT: 20 hex digits, the last 21 bits a counter.
using key_serial = std::array<std::uint8_t, 10>;

/// What a transaction key is turned into (ANSI X9.24-1 A.4.1).
enum class dukpt_use : std::uint8_t { pin, mac, data };

/// The terminal's initial key.
[[nodiscard]] clear_key dukpt_initial_key(const clear_key& base, const key_serial& serial) noexcept;
/// The key of one transaction for one use. Triple-DES DUKPT of 2004.
[[nodiscard]] clear_key dukpt_key(const clear_key& base, const key_serial& serial, dukpt_use use) noexcept;
/// The PIN key of the single-DES DUKPT before 2004 (command CI).
[[nodiscard]] clear_key single_dukpt_pin_key(const clear_key& base, const key_serial& serial) noexcept;

/// Whether a counter may be used: not zero, at most ten one-bits.
[[nodiscard]] bool is_usable(const key_serial& serial) noexcept;

} // namespace cipherlane::hsm_sim
