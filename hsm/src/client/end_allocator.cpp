#include <cipherlane/hsm/end_allocator.hpp>

#include <new>
#include <vector>

namespace cipherlane::hsm {
namespace {

constexpr std::size_t block_size = 256;
constexpr std::size_t most_kept = 1'024;

/// The blocks that a thread keeps.
class block_shelf {
  public:
    block_shelf() { free_.reserve(most_kept); }
    block_shelf(const block_shelf&) = delete;
    block_shelf& operator=(const block_shelf&) = delete;
    ~block_shelf() {
        for (auto* each : free_) {
            ::operator delete(each);
        }
    }

    [[nodiscard]] void* take() {
        if (free_.empty()) return ::operator new(block_size);
        auto* one = free_.back();
        free_.pop_back();
        return one;
    }
    void give_back(void* used) noexcept {
        // Room was made in advance, so that this cannot throw.
        if (free_.size() == free_.capacity()) return ::operator delete(used);
        free_.push_back(used);
    }

  private:
    std::vector<void*> free_;
};

/// Null once the thread is at its end and its shelf is gone.
thread_local block_shelf* here = nullptr;

struct shelf_of_thread {
    block_shelf kept;
    shelf_of_thread() { here = &kept; }
    shelf_of_thread(const shelf_of_thread&) = delete;
    shelf_of_thread& operator=(const shelf_of_thread&) = delete;
    ~shelf_of_thread() { here = nullptr; }
};

} // namespace

void* take_end_memory(std::size_t size) {
    if (size > block_size) return ::operator new(size);
    thread_local shelf_of_thread shelf;
    return here == nullptr ? ::operator new(block_size) : here->take();
}

void give_back_end_memory(void* used, std::size_t size) noexcept {
    if (size > block_size || here == nullptr) return ::operator delete(used);
    here->give_back(used);
}

} // namespace cipherlane::hsm
