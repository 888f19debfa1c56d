#pragma once

#include <cipherlane/core/bytes.hpp>

namespace cipherlane::crypto {

/// Padding of EMV script data (EMV 4.3 Book 2, A1.1.1): this byte, then zeros up to a block of 8.
inline constexpr std::uint8_t script_pad_begin = 0x80;

/// How many bytes of padding end the data, of which there are at least 8; 0 if it is bad. Looks at the whole last
/// block whatever is in it.
[[nodiscard]] inline std::size_t script_padding_of(byte_view data) noexcept {
    const auto last = data.last(8);
    std::size_t found = 0;
    unsigned only_zeros = 1; // behind the byte that is looked at
    for (std::size_t i = 1; i <= 8; ++i) {
        const unsigned byte = last[8 - i];
        const unsigned is_begin = (((byte ^ script_pad_begin) - 1U) >> 31) & only_zeros;
        found |= i * is_begin;
        only_zeros &= (byte - 1U) >> 31;
    }
    return found;
}

} // namespace cipherlane::crypto
