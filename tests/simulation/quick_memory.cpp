#include "simulation/quick_memory.hpp"

#include <sqlite3.h>

#include <array>
#include <cstddef>
#include <cstdlib>
#include <cstring>

namespace cipherlane::simulation {
namespace {

/// Stands before each block.
struct alignas(16) head {
    std::size_t size;
    head* next; ///< while nobody uses it
};

constexpr std::size_t step = 64;
constexpr std::size_t largest = 8192; ///< a page and what SQLite keeps beside it; what is larger is the heap's
constexpr std::size_t kinds = largest / step + 1;

/// Kept to the end of the program: connections of a thread end after its other objects.
thread_local constinit std::array<head*, kinds> idle{};

constexpr std::size_t rounded(std::size_t size) noexcept {
    return (size + step - 1) / step * step;
}
head* head_of(void* block) noexcept {
    return static_cast<head*>(block) - 1;
}

int round_up(int size) {
    return static_cast<int>(rounded(static_cast<std::size_t>(size)));
}
int size_of(void* block) {
    return block == nullptr ? 0 : static_cast<int>(head_of(block)->size);
}

void* take(int wanted) {
    const auto size = rounded(static_cast<std::size_t>(wanted));
    if (size <= largest) {
        auto& first = idle[size / step];
        if (auto* const found = first) {
            first = found->next;
            return found + 1;
        }
    }
    auto* const made = static_cast<head*>(std::malloc(sizeof(head) + size));
    if (made == nullptr) return nullptr;
    made->size = size;
    return made + 1;
}

void give_back(void* block) {
    if (block == nullptr) return;
    auto* const used = head_of(block);
    if (used->size > largest) return std::free(used);
    auto& first = idle[used->size / step];
    used->next = first;
    first = used;
}

void* resize(void* block, int wanted) {
    const auto before = head_of(block)->size;
    if (rounded(static_cast<std::size_t>(wanted)) == before) return block;
    auto* const made = take(wanted);
    if (made == nullptr) return nullptr;
    std::memcpy(made, block, before < head_of(made)->size ? before : head_of(made)->size);
    give_back(block);
    return made;
}

int begin(void* /*unused*/) {
    return SQLITE_OK;
}
void end(void* /*unused*/) {}

} // namespace

void give_sqlite_quick_memory() noexcept {
    static const sqlite3_mem_methods methods{take, give_back, resize, size_of, round_up, begin, end, nullptr};
    (void)sqlite3_config(SQLITE_CONFIG_MALLOC, &methods);
}

} // namespace cipherlane::simulation
