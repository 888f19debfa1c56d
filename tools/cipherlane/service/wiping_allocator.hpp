#pragma once

#include <cipherlane/core/secret_bytes.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>

namespace cipherlane::service {

/// The heap, but for what is given back to it: that is overwritten first, so that what grew, moved or ended leaves no
/// token, code or secret behind. Short strings stand in their owner, and are not this allocator's.
template <class T>
struct wiping_allocator {
    using value_type = T;

    wiping_allocator() noexcept = default;
    template <class Other>
    wiping_allocator(const wiping_allocator<Other>& /*other*/) noexcept {} // NOLINT(google-explicit-constructor)

    [[nodiscard]] T* allocate(std::size_t count) { return std::allocator<T>().allocate(count); }
    void deallocate(T* at, std::size_t count) noexcept {
        wipe(byte_span(reinterpret_cast<std::uint8_t*>(at), count * sizeof(T)));
        std::allocator<T>().deallocate(at, count);
    }
    template <class Other>
    bool operator==(const wiping_allocator<Other>& /*other*/) const noexcept {
        return true;
    }
};

} // namespace cipherlane::service
