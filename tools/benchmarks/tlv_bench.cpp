// Field 55 of a UnionPay sale, 139 bytes and 19 tags: every object visited, one thread. Heap allocations are counted
// by replaced operators; one is a failure. The limit is a pass over the same bytes that only adds them up.
#include <cipherlane/core/hex.hpp>
#include <cipherlane/emv/tlv.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <new>

namespace {

std::atomic<std::size_t> allocations{0};

void* counted(std::size_t size) {
    allocations.fetch_add(1, std::memory_order_relaxed);
    if (void* got = std::malloc(size != 0 ? size : 1)) return got;
    throw std::bad_alloc();
}

} // namespace

void* operator new(std::size_t size) {
    return counted(size);
}
void* operator new[](std::size_t size) {
    return counted(size);
}
void operator delete(void* at) noexcept {
    std::free(at);
}
void operator delete[](void* at) noexcept {
    std::free(at);
}
void operator delete(void* at, std::size_t) noexcept {
    std::free(at);
}
void operator delete[](void* at, std::size_t) noexcept {
    std::free(at);
}

namespace {

using namespace cipherlane;
using std::chrono::steady_clock;

constexpr double bar = 5.0e6;
constexpr std::size_t field_size = 139;
constexpr std::size_t field_tags = 19;
constexpr const char* field_55 =
    "9F26080123456789ABCDEF9F2701809F101307010103A0A002010A010000000000112233449F3704A1B2C3D49F360201239505000004800"
    "09A032411219C01009F02060000000123455F2A02015682027C009F1A0201569F03060000000000009F3303E0E1C89F3501229F1E083030"
    "3030303030318408A0000003330101019F090200209F410400000001";

/// The best of several runs, in passes a second.
template <class Pass>
double best_rate(Pass pass) {
    constexpr int runs = 7;
    constexpr std::size_t passes = 300'000;
    double best = 0;
    for (int run = 0; run < runs; ++run) {
        const auto start = steady_clock::now();
        for (std::size_t i = 0; i < passes; ++i)
            pass();
        const std::chrono::duration<double> took = steady_clock::now() - start;
        best = std::max(best, static_cast<double>(passes) / took.count());
    }
    return best;
}

void keep(const void* value) {
    asm volatile("" : : "r"(value) : "memory");
}

} // namespace

int main() {
    const auto field = from_hex(field_55);
    if (!field || field->size() != field_size) return 1;
    const byte_view view(*field);
    const auto before = allocations.load();
    const double rate = best_rate([&] {
        keep(view.data());
        emv::tlv_reader reader(view);
        std::size_t count = 0;
        while (reader.next()) {
            keep(reader.object().value.data());
            ++count;
        }
        if (count != field_tags || !reader.finish()) std::abort();
    });
    const auto used = allocations.load() - before;
    const double limit = best_rate([&] {
        unsigned sum = 0;
        for (const auto byte : view) {
            sum += byte;
            keep(&sum);
        }
        keep(&sum);
    });
    std::printf("EMV TLV parse, field 55 of 139 bytes: value %.2f M/s, limit %.2f M/s, ratio %.2f, bar %.2f M/s, "
                "allocations %zu\n",
        rate / 1e6, limit / 1e6, rate / limit, bar / 1e6, used);
    return used == 0 && rate >= bar ? 0 : 1;
}
