#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace cipherlane {

/// Owned bytes. For anything secret use `secret_bytes`.
using bytes = std::vector<std::uint8_t>;
/// Bytes read; never owns.
using byte_view = std::span<const std::uint8_t>;
/// Bytes written to; never owns.
using byte_span = std::span<std::uint8_t>;

/// The characters of `text` as bytes. The view lives as long as the text.
[[nodiscard]] inline byte_view as_bytes(std::string_view text) noexcept {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// The bytes as characters, unchecked. The view lives as long as the bytes.
[[nodiscard]] inline std::string_view as_text(byte_view data) noexcept {
    return {reinterpret_cast<const char*>(data.data()), data.size()};
}

/// Two bytes, most significant first. `at` must hold 2 bytes.
[[nodiscard]] constexpr std::uint16_t load_be16(const std::uint8_t* at) noexcept {
    return static_cast<std::uint16_t>((at[0] << 8) | at[1]);
}

constexpr void store_be16(std::uint8_t* at, std::uint16_t value) noexcept {
    at[0] = static_cast<std::uint8_t>(value >> 8);
    at[1] = static_cast<std::uint8_t>(value);
}

} // namespace cipherlane
