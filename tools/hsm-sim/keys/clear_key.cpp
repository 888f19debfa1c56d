#include "hsm-sim/keys/clear_key.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace cipherlane::hsm_sim {

bool has_odd_parity(byte_view key) noexcept {
    // Eight bytes at a time: each byte's bits fold into its lowest one.
    constexpr std::uint64_t lowest_bits = 0x0101010101010101;
    std::size_t at = 0;
    for (; at + 8 <= key.size(); at += 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, key.data() + at, 8);
        word ^= word >> 4U;
        word ^= word >> 2U;
        word ^= word >> 1U;
        if ((word & lowest_bits) != lowest_bits) return false;
    }
    return std::all_of(key.begin() + static_cast<std::ptrdiff_t>(at), key.end(),
        [](std::uint8_t byte) { return std::popcount(byte) % 2 == 1; });
}

void force_odd_parity(byte_span key) noexcept {
    for (auto& byte : key) {
        if (std::popcount(byte) % 2 == 0) byte ^= 1U;
    }
}

bool has_repeated_parts(byte_view key) noexcept {
    for (std::size_t at = 8; at + 8 <= key.size(); at += 8) {
        if (std::ranges::equal(key.subspan(at - 8, 8), key.subspan(at, 8))) return true;
    }
    return false;
}

} // namespace cipherlane::hsm_sim
