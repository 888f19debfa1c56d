#pragma once

#include <cipherlane/core/bytes.hpp>

#include <cstddef>
#include <optional>

namespace cipherlane::hsm {

/// How long the DER value at the front is, its tag and length counted, by what these say; it need not all be there.
/// Zero where the length itself is not there yet, nothing where it is none of one to four bytes.
[[nodiscard]] inline std::optional<std::size_t> der_extent(byte_view from) noexcept {
    constexpr std::size_t most_length_bytes = 4;
    if (from.size() < 2) return 0;
    if (from[1] < 0x80) return 2U + from[1];
    const std::size_t width = from[1] & 0x7FU;
    if (width == 0 || width > most_length_bytes) return std::nullopt;
    if (from.size() < 2 + width) return 0;
    std::size_t size = 0;
    for (const auto byte : from.subspan(2, width))
        size = (size << 8U) | byte;
    return 2 + width + size;
}

} // namespace cipherlane::hsm
