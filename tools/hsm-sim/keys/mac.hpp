#pragma once

#include "hsm-sim/keys/clear_key.hpp"

#include <cipherlane/core/bytes.hpp>

#include <array>
#include <cstdint>

namespace cipherlane::hsm_sim {

/// How blocks become a MAC.
enum class mac_method : std::uint8_t {
    cbc,     ///< the whole key in every block: ISO 9797-1 algorithm 1; X9.9 with a single-length key
    retail,  ///< left part in every block, the whole key in the last: ISO 9797-1 algorithm 3, X9.19
    xor_fold ///< blocks XORed, the sum enciphered once
};

/// How the last block is filled.
enum class mac_padding : std::uint8_t { none, zeros, one_and_zeros };

/// A MAC that goes on over several requests: `state` is the chaining value, one block, in and out.
///
/// With `last`, pads and finishes; otherwise `data` must be whole blocks. `retail` needs a DES key of 16 or 24
/// bytes and is `cbc` with one of 8. False if the data does not fit the block size and nothing pads it.
[[nodiscard]] bool run_mac(const clear_key& key, mac_method method, mac_padding padding, bool last, byte_view data,
    byte_span state) noexcept;

/// `run_mac` over one whole message from a zero block. The result is one block of the key's cipher.
using mac_block = std::array<std::uint8_t, 16>;
[[nodiscard]] mac_block whole_mac(
    const clear_key& key, mac_method method, mac_padding padding, byte_view data) noexcept;

} // namespace cipherlane::hsm_sim
