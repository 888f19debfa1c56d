#pragma once

#include <cipherlane/core/bytes.hpp>

#include <algorithm>
#include <cstdint>
#include <vector>

namespace cipherlane::store {

/// Byte strings of up to 65535 bytes in one column: each behind its length, two bytes, the higher first.

[[nodiscard]] inline bytes pack_list(const std::vector<bytes>& parts) {
    bytes packed;
    for (const auto& part : parts) {
        const auto size = std::min<std::size_t>(part.size(), 0xFFFF);
        packed.push_back(static_cast<std::uint8_t>(size >> 8U));
        packed.push_back(static_cast<std::uint8_t>(size & 0xFFU));
        packed.insert(packed.end(), part.begin(), part.begin() + static_cast<std::ptrdiff_t>(size));
    }
    return packed;
}

/// What of it is whole.
[[nodiscard]] inline std::vector<bytes> unpack_list(byte_view packed) {
    std::vector<bytes> parts;
    while (packed.size() >= 2) {
        const auto size = std::size_t{packed[0]} << 8U | packed[1];
        packed = packed.subspan(2);
        if (packed.size() < size) break;
        parts.emplace_back(packed.begin(), packed.begin() + static_cast<std::ptrdiff_t>(size));
        packed = packed.subspan(size);
    }
    return parts;
}

} // namespace cipherlane::store
