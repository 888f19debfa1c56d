#pragma once

#include <cstddef>

namespace cipherlane::hsm {

/// Memory for the ends of calls, which each thread keeps and uses again: after warm-up nothing is allocated.
[[nodiscard]] void* take_end_memory(std::size_t size);
void give_back_end_memory(void* used, std::size_t size) noexcept;

/// The same as an allocator.
template <class Value = void>
struct end_allocator {
    using value_type = Value;

    end_allocator() noexcept = default;
    template <class Other>
    end_allocator(const end_allocator<Other>& /*same*/) noexcept {} // NOLINT(google-explicit-constructor)

    [[nodiscard]] Value* allocate(std::size_t count) {
        return static_cast<Value*>(take_end_memory(count * sizeof(Value)));
    }
    void deallocate(Value* used, std::size_t count) noexcept { give_back_end_memory(used, count * sizeof(Value)); }
    template <class Other>
    bool operator==(const end_allocator<Other>& /*other*/) const noexcept {
        return true;
    }
};

} // namespace cipherlane::hsm
