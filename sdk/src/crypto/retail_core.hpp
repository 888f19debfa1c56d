#pragma once

#include "des_core.hpp"

#include <cipherlane/crypto/block_cipher.hpp>
#include <cipherlane/crypto/mac_iso9797.hpp>

namespace cipherlane::crypto {

/// The retail MAC (ISO/IEC 9797-1:2011 algorithm 3 with DES) over prepared contexts, for keys of any purpose: `left`
/// is single DES with the first half of the key, `whole` TDES with all of it.
[[nodiscard]] result<mac_value> retail_mac_core(
    des_core& left, block_cipher& whole, mac_padding padding, byte_view data);

} // namespace cipherlane::crypto
