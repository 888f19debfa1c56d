#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace cipherlane::crypto {

/// Block ciphers: DES and TDEA (SP 800-67), AES (FIPS 197), SM4 (GB/T 32907).
enum class algorithm : std::uint8_t { des, tdes, aes, sm4 };

/// Bytes of one block: 8 for DES and TDES, 16 for AES and SM4.
[[nodiscard]] constexpr std::size_t block_size_of(algorithm cipher) noexcept {
    return cipher == algorithm::des || cipher == algorithm::tdes ? 8 : 16;
}

/// True if a key of `size` bytes fits: DES 8; TDES 16 or 24; AES 16, 24 or 32; SM4 16.
[[nodiscard]] constexpr bool key_size_fits(algorithm cipher, std::size_t size) noexcept {
    switch (cipher) {
    case algorithm::des: return size == 8;
    case algorithm::tdes: return size == 16 || size == 24;
    case algorithm::aes: return size == 16 || size == 24 || size == 32;
    case algorithm::sm4: return size == 16;
    }
    return false;
}

/// "DES", "TDES", "AES", "SM4".
[[nodiscard]] std::string_view to_string(algorithm cipher) noexcept;

} // namespace cipherlane::crypto
