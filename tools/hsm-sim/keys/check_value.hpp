#pragma once

#include "hsm-sim/keys/clear_key.hpp"

#include <array>
#include <cstdint>

namespace cipherlane::hsm_sim {

/// The check value of a key with a cipher of 16-byte blocks, which no source states: zeros enciphered, or their CMAC.
enum class wide_check : std::uint8_t { ecb, cmac };

/// The check value, 8 bytes: zeros enciphered, of ciphers with 16-byte blocks `how`.
[[nodiscard]] std::array<std::uint8_t, 8> check_value(
    const clear_key& key, wide_check how = wide_check::ecb) noexcept;

} // namespace cipherlane::hsm_sim
