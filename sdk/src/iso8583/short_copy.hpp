#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace cipherlane::iso8583 {

namespace short_copy_steps {

/// `size` bytes, one `Step` to two: the second overlaps the first.
template <class Step>
inline void both_ends(void* to, const void* from, std::size_t size) noexcept {
    const std::size_t second = size - sizeof(Step);
    Step front;
    Step back;
    std::memcpy(&front, from, sizeof front);
    std::memcpy(&back, static_cast<const std::uint8_t*>(from) + second, sizeof back);
    std::memcpy(to, &front, sizeof front);
    std::memcpy(static_cast<std::uint8_t*>(to) + second, &back, sizeof back);
}

} // namespace short_copy_steps

/// Copies a field's value. Nearly all have a few characters, of which the call of the library's function would be the
/// greater part.
inline void short_copy(void* to, const void* from, std::size_t size) noexcept {
    namespace steps = short_copy_steps;
    if (size > 32) {
        std::memcpy(to, from, size);
    } else if (size >= 16) {
        steps::both_ends<std::array<std::uint64_t, 2>>(to, from, size);
    } else if (size >= 8) {
        steps::both_ends<std::uint64_t>(to, from, size);
    } else if (size >= 4) {
        steps::both_ends<std::uint32_t>(to, from, size);
    } else if (size >= 2) {
        steps::both_ends<std::uint16_t>(to, from, size);
    } else if (size == 1) {
        *static_cast<std::uint8_t*>(to) = *static_cast<const std::uint8_t*>(from);
    }
}

} // namespace cipherlane::iso8583
