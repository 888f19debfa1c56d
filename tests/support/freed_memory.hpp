#pragma once

// Looks into all memory that a program gives back. Its operators new and delete are replaced: for one source of a
// program, which is one of its own.
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <malloc.h>
#include <new>
#include <string_view>

namespace cipherlane::tests::freed_memory {

inline std::string_view secret; ///< what is looked for, of the program's static memory
inline std::atomic<bool> watching = false;
inline std::atomic<int> found = 0;

inline bool holds_secret(const void* data, std::size_t size) {
    return ::memmem(data, size, secret.data(), secret.size()) != nullptr;
}
inline void give_back(void* data) noexcept {
    if (data != nullptr && watching && holds_secret(data, ::malloc_usable_size(data))) ++found;
    std::free(data);
}

/// Watches what is freed while it lives.
class watch {
  public:
    explicit watch(std::string_view what) {
        secret = what;
        found = 0;
        watching = true;
    }
    watch(const watch&) = delete;
    watch& operator=(const watch&) = delete;
    ~watch() { watching = false; }
    [[nodiscard]] static int seen() { return found; }
};

} // namespace cipherlane::tests::freed_memory

void* operator new(std::size_t size) {
    if (void* data = std::calloc(1, size == 0 ? 1 : size)) return data;
    throw std::bad_alloc();
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    return std::calloc(1, size == 0 ? 1 : size);
}
void operator delete(void* data) noexcept {
    cipherlane::tests::freed_memory::give_back(data);
}
void operator delete(void* data, std::size_t) noexcept {
    cipherlane::tests::freed_memory::give_back(data);
}
void operator delete(void* data, const std::nothrow_t&) noexcept {
    cipherlane::tests::freed_memory::give_back(data);
}
