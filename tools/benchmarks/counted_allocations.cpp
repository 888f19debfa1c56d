// In a file of its own, so that the compiler does not pair an inlined half with the library's other half.
#include "counted_allocations.hpp"

#include <atomic>
#include <cstdlib>
#include <new>

namespace {

std::atomic<std::size_t> count = 0;

} // namespace

std::size_t cipherlane::benchmarks::allocation_count() noexcept {
    return count.load(std::memory_order_relaxed);
}

void* operator new(std::size_t size) {
    count.fetch_add(1, std::memory_order_relaxed);
    if (void* made = std::malloc(size)) return made;
    throw std::bad_alloc();
}

void operator delete(void* what) noexcept {
    std::free(what);
}

void operator delete(void* what, std::size_t /*size*/) noexcept {
    std::free(what);
}
