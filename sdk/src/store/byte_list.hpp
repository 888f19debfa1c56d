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

/// Numbers of records in one column, eight bytes each, the highest first.

[[nodiscard]] inline bytes pack_ids(const std::vector<std::uint64_t>& ids) {
    bytes packed;
    for (const auto id : ids) {
        for (unsigned shift = 64; shift > 0; shift -= 8)
            packed.push_back(static_cast<std::uint8_t>(id >> (shift - 8) & 0xFFU));
    }
    return packed;
}

[[nodiscard]] inline std::vector<std::uint64_t> unpack_ids(byte_view packed) {
    constexpr std::size_t each = 8;
    std::vector<std::uint64_t> ids;
    for (; packed.size() >= each; packed = packed.subspan(each)) {
        std::uint64_t id = 0;
        for (const auto part : packed.first(each))
            id = id << 8U | part;
        ids.push_back(id);
    }
    return ids;
}

} // namespace cipherlane::store
