#include <cipherlane/core/secret_bytes.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <mutex>
#include <new>
#include <sys/mman.h>

namespace cipherlane {
namespace {

/// Memory for secrets: pages that are left out of core dumps and, where the limit allows it, never swapped. Blocks
/// come in powers of two from 16 bytes to a page's worth and go back to a free list when they are done with; the
/// pages themselves stay until the process ends. Larger blocks get pages of their own.
class secret_heap {
  public:
    std::uint8_t* take(std::size_t size) {
        const std::size_t block = block_size(size);
        if (block > largest_block) return map_pages(block);
        const std::scoped_lock lock(mutex_);
        free_block*& head = lists_[list_of(block)];
        if (head == nullptr) refill(block, head);
        free_block* taken = head;
        head = taken->next;
        return reinterpret_cast<std::uint8_t*>(taken);
    }

    void give_back(std::uint8_t* data, std::size_t size) noexcept {
        const std::size_t block = block_size(size);
        wipe({data, size});
        if (block > largest_block) {
            ::munmap(data, block);
            return;
        }
        const std::scoped_lock lock(mutex_);
        free_block*& head = lists_[list_of(block)];
        head = new (data) free_block{head};
    }

  private:
    struct free_block {
        free_block* next;
    };
    static constexpr std::size_t smallest_block = 16;
    static constexpr std::size_t largest_block = 4096;
    static constexpr std::size_t chunk = 65536;

    static std::size_t block_size(std::size_t size) noexcept {
        if (size > largest_block) return (size + largest_block - 1) / largest_block * largest_block;
        return std::bit_ceil(std::max(size, smallest_block));
    }
    static std::size_t list_of(std::size_t block) noexcept {
        return static_cast<std::size_t>(std::countr_zero(block) - std::countr_zero(smallest_block));
    }

    static std::uint8_t* map_pages(std::size_t size) {
        void* pages = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (pages == MAP_FAILED) throw std::bad_alloc();
        ::madvise(pages, size, MADV_DONTDUMP);
        (void)::mlock(pages, size); // the limit of an ordinary user may refuse; swapping is then the system's matter
        return static_cast<std::uint8_t*>(pages);
    }

    static void refill(std::size_t block, free_block*& head) {
        std::uint8_t* pages = map_pages(chunk);
        for (std::size_t at = 0; at < chunk; at += block)
            head = new (pages + at) free_block{head};
    }

    std::mutex mutex_;
    std::array<free_block*, 9> lists_{};
};

secret_heap& heap() {
    // Never destroyed: secrets in static storage may outlive any order of destruction.
    static auto* instance = new secret_heap;
    return *instance;
}

} // namespace

void wipe(byte_span data) noexcept {
    if (!data.empty()) ::explicit_bzero(data.data(), data.size());
}

bool equal_in_constant_time(byte_view a, byte_view b) noexcept {
    if (a.size() != b.size()) return false;
    volatile std::uint8_t difference = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        difference = static_cast<std::uint8_t>(difference | (a[i] ^ b[i]));
    }
    return difference == 0;
}

secret_bytes::secret_bytes(std::size_t size)
    : data_(size == 0 ? nullptr : heap().take(size))
    , size_(size) {
    if (size != 0) std::memset(data_, 0, size);
}

secret_bytes::secret_bytes(byte_view data)
    : secret_bytes(data.size()) {
    std::copy(data.begin(), data.end(), data_);
}

secret_bytes& secret_bytes::operator=(secret_bytes&& other) noexcept {
    if (this != &other) {
        if (data_ != nullptr) heap().give_back(data_, size_);
        data_ = std::exchange(other.data_, nullptr);
        size_ = std::exchange(other.size_, 0);
    }
    return *this;
}

secret_bytes::~secret_bytes() {
    if (data_ != nullptr) heap().give_back(data_, size_);
}

} // namespace cipherlane
