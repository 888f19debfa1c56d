#include "hsm-sim/keys/check_value.hpp"

#include "hsm-sim/keys/ciphers.hpp"
#include "hsm-sim/keys/key_block.hpp"

#include <algorithm>

namespace cipherlane::hsm_sim {

std::array<std::uint8_t, 8> check_value(const clear_key& key, wide_check how) noexcept {
    std::array<std::uint8_t, 16> block{};
    if (how == wide_check::cmac && key.block_size() == block.size()) {
        block = cmac(key, block);
    } else {
        encrypt_ecb(key, byte_view(block).first(key.block_size()), block);
    }
    std::array<std::uint8_t, 8> front{};
    std::copy_n(block.begin(), front.size(), front.begin());
    return front;
}

} // namespace cipherlane::hsm_sim
